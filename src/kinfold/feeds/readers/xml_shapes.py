"""The shapes of the XML returns we know: which element is a record and which elements inside it become parts."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True)
class Split:
    """Columns of an element that are a row of another part, when the element has any of `needs`."""

    part: str
    columns: tuple[str, ...]
    needs: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Block:
    """
    An element that becomes a row of a part.

    leaves: column = path of the value inside the element.
    inside: blocks found inside it. Their rows begin with every key of this one.
    keys: its own columns that the rows of blocks inside it repeat.
    ordinal: column that numbers it inside its parent, for elements with no key of their own.
    splits: parts that share the element. A column that only they have is not in the rows of this one.
    """

    part: str
    path: str
    leaves: dict[str, str]
    keys: tuple[str, ...] = ()
    ordinal: str | None = None
    inside: tuple[Block, ...] = ()
    splits: tuple[Split, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of its own rows, without those it repeats from the blocks around it."""
        lent = {column for split in self.splits for column in split.needs}
        return tuple(column for column in self.leaves if column not in lent)


@dataclasses.dataclass(frozen=True)
class Shape:
    """
    Files whose root is `root` and whose records are elements called `record`. about: the element about the file.

    within: the element that holds all records, and that other returns of that root lack; null where none has the root.
    """

    root: str
    record: str
    block: Block
    about: Block | None = None
    within: str | None = None


def _same(*names: str) -> dict[str, str]:
    return {name: name for name in names}


CIN_CENSUS = Shape(
    "Message",
    "Child",
    Block(
        "children",
        ".",
        {
            **{
                n: f"ChildIdentifiers/{n}"
                for n in (
                    "LAchildID",
                    "UPN",
                    "FormerUPN",
                    "UPNunknown",
                    "PersonBirthDate",
                    "ExpectedPersonBirthDate",
                    "Sex",
                    "GenderCurrent",
                    "PersonDeathDate",
                )
            },
            "Ethnicity": "ChildCharacteristics/Ethnicity",
        },
        keys=("LAchildID",),
        inside=(
            Block(
                "disabilities",
                "ChildCharacteristics/Disabilities/Disability",
                {"Disability": "."},
                ordinal="DisabilityNumber",
            ),
            Block(
                "cin_details",
                "CINdetails",
                _same(
                    "CINreferralDate",
                    "ReferralSource",
                    "PrimaryNeedCode",
                    "CINclosureDate",
                    "ReasonForClosure",
                    "DateOfInitialCPC",
                    "ReferralNFA",
                ),
                keys=("CINreferralDate",),
                ordinal="CINnumber",
                inside=(
                    Block(
                        "assessments",
                        "Assessments",
                        _same(
                            "AssessmentActualStartDate", "AssessmentInternalReviewDate", "AssessmentAuthorisationDate"
                        ),
                        keys=("AssessmentActualStartDate", "AssessmentAuthorisationDate"),
                        ordinal="AssessmentNumber",
                        inside=(
                            Block(
                                "factors",
                                "FactorsIdentifiedAtAssessment/AssessmentFactors",
                                {"AssessmentFactor": "."},
                                ordinal="FactorNumber",
                            ),
                        ),
                    ),
                    Block("plans", "CINPlanDates", _same("CINPlanStartDate", "CINPlanEndDate"), ordinal="PlanNumber"),
                    Block(
                        "section47",
                        "Section47",
                        _same("S47ActualStartDate", "InitialCPCtarget", "DateOfInitialCPC", "ICPCnotRequired"),
                        ordinal="Section47Number",
                    ),
                    Block(
                        "cp_plans",
                        "ChildProtectionPlans",
                        _same(
                            "CPPstartDate",
                            "CPPendDate",
                            "InitialCategoryOfAbuse",
                            "LatestCategoryOfAbuse",
                            "NumberOfPreviousCPP",
                        ),
                        keys=("CPPstartDate",),
                        ordinal="CPPnumber",
                        inside=(
                            # One Reviews with many dates (the schema) and many Reviews with one date both occur.
                            Block("reviews", "Reviews/CPPreviewDate", {"CPPreviewDate": "."}, ordinal="ReviewNumber"),
                        ),
                    ),
                    Block(
                        "pre_proceedings",
                        "PreProceedingsandFGDM",
                        _same(
                            "PPStartDate",
                            "LBPSentDate",
                            "FGDMMeetingOffer",
                            "FGDMMeetingFac",
                            "InitialPPMeetingDate",
                            "ReviewMeetingsCount",
                            "StepDecisionDate",
                            "PPOutcome",
                            "CourtAppDate",
                            "LetterInitCPDate",
                        ),
                        ordinal="PreProceedingsNumber",
                    ),
                ),
            ),
        ),
    ),
    about=Block(
        "collection",
        "Header",
        {
            **{n: f"CollectionDetails/{n}" for n in ("Collection", "Year", "ReferenceDate")},
            **{n: f"Source/{n}" for n in ("SourceLevel", "LEA", "SoftwareCode", "Release", "SerialNo", "DateTime")},
        },
    ),
    within="Children",
)

# The same tables as the CSV files. What a child has once is among the values of HEADER: each table takes its own.
IN_HEADER = {
    "uasc": ("DUC",),
    "oc3": ("IN_TOUCH", "ACTIV", "ACCOM"),
    "adoption": ("DATE_INT", "DATE_MATCH", "FOSTER_CARE", "NB_ADOPTR", "SEX_ADOPTR", "LS_ADOPTR"),
}
OC2 = (
    "SDQ_SCORE", "SDQ_REASON", "CONVICTED", "HEALTH_CHECK", "IMMUNISATIONS", "TEETH_CHECK", "HEALTH_ASSESSMENT",
    "SUBSTANCE_MISUSE", "INTERVENTION_RECEIVED", "INTERVENTION_OFFERED",
)  # fmt: skip
EPISODE = (
    "DECOM", "RNE", "LS", "CIN", "PLACE_PROVIDER", "DEC", "REC", "REASON_PLACE_CHANGE", "HOME_POST", "PL_POST", "URN",
    "PL_LA", "PL_LOCATION", "PL_DISTANCE",
)  # fmt: skip

SSDA903 = Shape(
    "EXPSSDA903",
    "CHILD",
    Block(
        "header",
        ".",
        {
            "CHILD": "HEADER/CHILDID",
            **{n: f"HEADER/{n}" for n in ("SEX", "DOB", "ETHNIC", "UPN", "MOTHER", "MC_DOB")},
            **{n: f"HEADER/{n}" for columns in IN_HEADER.values() for n in columns},
        },
        keys=("CHILD", "DOB"),
        splits=(
            Split("uasc", ("CHILD", "SEX", "DOB", "DUC"), needs=IN_HEADER["uasc"]),
            Split("oc3", ("CHILD", "DOB", *IN_HEADER["oc3"]), needs=IN_HEADER["oc3"]),
            Split("adoption", ("CHILD", "DOB", *IN_HEADER["adoption"]), needs=IN_HEADER["adoption"]),
        ),
        inside=(
            Block("episodes", "EPISODE", {"PLACE": "PL", **_same(*EPISODE)}),
            Block("reviews", "HEADER/AREVIEW", _same("REVIEW", "REVIEW_CODE")),
            Block("missing", "HEADER/AMISSING", _same("MISSING", "MIS_START", "MIS_END")),
            Block("oc2", "HEADER/OC2", _same(*OC2)),
            Block("previous_permanence", "HEADER/PERMANENCE", _same("PREV_PERM", "LA_PERM", "DATE_PERM")),
            Block(
                "placed_for_adoption",
                "HEADER/AD_PLACED",
                _same("DATE_PLACED", "DATE_PLACED_CEASED", "REASON_PLACED_CEASED"),
            ),
        ),
    ),
)

SHAPES = {shape.root: shape for shape in (CIN_CENSUS, SSDA903)}
