"""The shapes of the XML returns we know: which element is a record and which elements inside it become parts."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True)
class Block:
    """
    An element that becomes a row of a part.

    leaves: column = path of the value inside the element.
    inside: blocks found inside it. Their rows begin with every key of this one.
    keys: its own columns that the rows of blocks inside it repeat.
    ordinal: column that numbers it inside its parent, for elements with no key of their own.
    """

    part: str
    path: str
    leaves: dict[str, str]
    keys: tuple[str, ...] = ()
    ordinal: str | None = None
    inside: tuple[Block, ...] = ()


@dataclasses.dataclass(frozen=True)
class Shape:
    """Files whose root is `root` and whose records are elements called `record`."""

    root: str
    record: str
    block: Block


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
)

SHAPES = {CIN_CENSUS.root: CIN_CENSUS}
