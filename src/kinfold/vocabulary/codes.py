"""Codes of the statutory returns in the field's words, for screens and for the built-in formats."""

from __future__ import annotations

# Main group of each ethnic category of the census returns; codes not here were not stated.
ETHNIC_GROUPS = {
    **dict.fromkeys(("WBRI", "WIRI", "WIRT", "WOTH", "WROM"), "white"),
    **dict.fromkeys(("MWBC", "MWBA", "MWAS", "MOTH"), "mixed"),
    **dict.fromkeys(("AIND", "APKN", "ABAN", "AOTH", "CHNE"), "asian"),
    **dict.fromkeys(("BCRB", "BAFR", "BOTH"), "black"),
    "OOTH": "other",
}

CATEGORIES_OF_ABUSE = {
    "NEG": "Neglect", "PHY": "Physical abuse", "SAB": "Sexual abuse", "EMO": "Emotional abuse", "MUL": "Multiple",
}  # fmt: skip

PRIMARY_NEEDS = {
    "N1": "Abuse or neglect", "N2": "Child's disability or illness", "N3": "Parental disability or illness",
    "N4": "Family in acute stress", "N5": "Family dysfunction", "N6": "Socially unacceptable behaviour",
    "N7": "Low income", "N8": "Absent parenting", "N9": "Not in need", "N0": "Not stated",
}  # fmt: skip

LEGAL_STATUSES = {
    "C1": "Interim care order", "C2": "Full care order", "D1": "Freeing order", "E1": "Placement order",
    "V2": "Accommodated under section 20", "V3": "Short breaks, each recorded", "V4": "Short breaks, series",
    "J1": "On remand", "J2": "Detained under PACE", "J3": "Youth rehabilitation order with residence",
    "L1": "Police protection", "L2": "Emergency protection order", "L3": "Child assessment order",
}  # fmt: skip

_WHOSE = {"A": "child", "B": "parent or carer", "C": "another person in the home"}
_FACTORS_BY_PERSON = {
    "1": "Alcohol misuse", "2": "Drug misuse", "3": "Domestic abuse", "4": "Mental health",
    "5": "Learning disability", "6": "Physical disability or illness",
}  # fmt: skip
ASSESSMENT_FACTORS = {
    **{n + w: f"{label}: {whose}" for n, label in _FACTORS_BY_PERSON.items() for w, whose in _WHOSE.items()},
    "7A": "Young carer", "8B": "Privately fostered", "8C": "Privately fostered", "8D": "Privately fostered",
    "8E": "Privately fostered", "8F": "Privately fostered", "9A": "Unaccompanied asylum seeker",
    "10A": "Going missing", "11A": "Child sexual exploitation", "12A": "Trafficking", "13A": "Gangs",
    "14A": "Socially unacceptable behaviour", "15A": "Self-harm", "16A": "Neglect", "17A": "Emotional abuse",
    "18A": "Physical abuse", "18B": "Physical abuse by a child", "18C": "Physical abuse by an adult",
    "19A": "Sexual abuse", "19B": "Sexual abuse by a child", "19C": "Sexual abuse by an adult", "20": "Other",
    "21": "No factors identified", "22A": "Female genital mutilation", "23A": "Abuse linked to faith or belief",
    "24A": "Child criminal exploitation",
}  # fmt: skip

# Attendance codes: not sessions that a pupil could have attended (DfE, Working together to improve school attendance).
NOT_POSSIBLE_SESSIONS = ("D", "X", "Y", "Y1", "Y2", "Y3", "Y4", "Y5", "Y6", "Y7", "Z", "#")
ATTENDED_SESSIONS = ("/", "\\", "L", "B", "K", "P", "V", "W")

SUSPENSION_REASONS = {
    "PP": "Physical assault on a pupil", "PA": "Physical assault on an adult", "VP": "Verbal abuse of a pupil",
    "VA": "Verbal abuse of an adult", "OW": "Offensive weapon", "BU": "Bullying", "RA": "Racist abuse",
    "LG": "Abuse about sexual orientation or gender", "DS": "Abuse about disability", "SM": "Sexual misconduct",
    "DA": "Drugs or alcohol", "DM": "Damage", "TH": "Theft", "DB": "Persistent disruptive behaviour",
    "MT": "Inappropriate use of social media or technology", "PH": "Transgression of protective measures",
    "OT": "Other",
}  # fmt: skip
