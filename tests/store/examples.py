"""A codebook of two features, a case, and a question about it: small enough to read in a failing test."""

from creason_core.cohort.options import Option
from creason_core.model.engines.base import Message
from creason_core.question.masked_value import MultipleChoiceQuestion
from creason_core.record.case import Entry, PatientCase, make_case
from creason_core.record.codebook import Codebook, Feature
from creason_core.store.patients.cases import CaseVersion, save_version
from creason_core.store.patients.codebooks import Codebooks
from creason_core.store.runs.new_runs import insert_group
from creason_core.store.runs.run_rows import GroupSpec, Run, RunGroup, RunSpec, runs_of
from creason_core.store.runs.series import Place
from creason_core.store.schema.tables import processes
from creason_core.store.sql.transactions import Database
from creason_core.store.sql.types import now

LACTATE = Feature(
    name="lactate", label="Lactate", section="Labs", kind="number", time="day1", decimals=1, unit_label="mmol/L"
)
AGE = Feature(name="age", label="Age", section="Baseline", kind="integer", time="admission", unit_label="years")
CODEBOOK = Codebook(
    name="tiny",
    version=1,
    title="Tiny",
    population="adults with sepsis",
    source="made for tests",
    citation="none",
    sections=("Baseline", "Labs"),
    features=(AGE, LACTATE),
)
USER = "ann"


def books(db: Database) -> Codebooks:
    """The codebooks of a program that has the example at hand."""
    return Codebooks(db, lambda: [CODEBOOK])


def example_case(lactate: float = 4.2, reason: str = "") -> PatientCase:
    entries = (Entry(feature="age", value=72.0), Entry(feature="lactate", value=lactate, reason=reason))
    return make_case("patient-1", entries, CODEBOOK)


def example_question(case: PatientCase, seed: int = 7) -> MultipleChoiceQuestion:
    values = (1.0, 2.0, 4.2)
    return MultipleChoiceQuestion(
        id=f"question-{seed}",
        patient=case.patient,
        case_hash=case.content_hash,
        codebook=case.codebook,
        codebook_hash=case.codebook_hash,
        masked_feature="lactate",
        hidden=(),
        guard_off=(),
        seed=seed,
        options=tuple(Option(text=f"{value:.1f} mmol/L", value=value, prior=1 / 3) for value in values),
        design="stratified",
        design_version=1,
        key=2,
        recorded=4.2,
    )


def saved_case(db: Database, user: str = USER, idem: str = "case") -> CaseVersion:
    return save_version(db, user, example_case(), idem=idem, case_id=None, parent_id=None, label="72 years, septic")


def group_spec(version: CaseVersion, **changed: object) -> GroupSpec:
    question = example_question(version.case)
    values: dict[str, object] = {
        "case_version_id": version.id,
        "kind": "mask",
        "question_json": question.model_dump_json(),
        "question_id": question.id,
        "masked_feature": "lactate",
        "codebook": CODEBOOK.name,
        "codebook_hash": CODEBOOK.content_hash,
        "design": "stratified",
        "prompt_version": 1,
        "samples": 1,
        "seed": 7,
        "temperature": 0.0,
        "max_tokens": 400,
    }
    return GroupSpec(**(values | changed))  # type: ignore[arg-type]


def running_process(db: Database, name: str = "process-1") -> str:
    """A process row that runs can belong to."""
    row = {"id": name, "host": "here", "pid": 1, "started": now(), "heartbeat": now()}
    db.write_as("*program*", lambda connection: connection.execute(processes.insert().values(**row)))
    return name


def queued_group(
    db: Database,
    version: CaseVersion,
    *,
    idem: str = "group",
    samples: int = 1,
    user: str = USER,
    place: Place | None = None,
    **changed: object,
) -> RunGroup:
    specs = [
        RunSpec(sample=k, order=(0, 1, 2), seed=7 + k, messages=(Message("user", f"prompt {k}"),))
        for k in range(samples)
    ]
    spec = group_spec(version, samples=samples, **changed)
    return insert_group(db, user, spec, specs, idem=idem, process="process-1", most_live=100, place=place)[0]


def queued_run(db: Database) -> Run:
    """The only run of a new group of a new case."""
    running_process(db)
    return runs_of(db, USER, queued_group(db, saved_case(db)).id)[0]
