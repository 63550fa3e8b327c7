"""The model card: what a model file is, for people to read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["model_card"]

Content = Mapping[str, Any]


def model_card(content: Content) -> str:
    """Give a model file's content in words, as Markdown.

    Parameters
    ----------
    content : mapping
        Of a model file.

    References
    ----------
    Mitchell M et al. Model cards for model reporting. FAT* 2019, doi 10.1145/3287560.3287596.
    """
    parts = (_head, _adapted, _patients, _models, _trust)
    return "\n".join(line for part in parts for line in part(content))


def _head(content: Content) -> Iterator[str]:
    yield f"# {content['title']}\n"
    yield "**Research only. Not for decisions about patients.**\n"
    if content["synthetic"]:
        yield "**Learnt from SYNTHETIC patients.**\n"
    yield f"- Model: {content['name']}, version {content['version']}"
    yield f"- Made: {content['created']}; not to be used after {content['expires']}"
    yield f"- Intended use: {content['intended_use']}"
    yield f"- Not for: {content['not_for']}"
    source = content["provenance"]
    yield (
        f"- Provenance: twoarm {content['twoarm_version']}, seed {source['seed']}, "
        f"{source['replicates']} replicates, study `{source['study'][:16]}`, data "
        f"`{source['data'][:16]}`\n"
    )


def _adapted(content: Content) -> Iterator[str]:
    derived = content["derived"]
    if not derived:
        return
    lot = "drawn by lot" if derived["randomised"] else "not drawn by lot"
    yield "## Adapted to other patients\n"
    yield (
        f"- On {derived['adapted']}, from version {derived['parent_version']} "
        f"(`{derived['parent'][:16]}`), to {derived['patients']} patients of another place "
        f"({derived['control']} {content['labels']['control']}, {derived['treated']} "
        f"{content['labels']['treated']}; treatment {lot}; data `{derived['data'][:16]}`)."
    )
    yield "- It was adapted to these patients and has not been tried in others."
    names = {"study": "the study's learner", "recommended": "the recommended learner"}
    for learner, updates in derived["updated"].items():
        for outcome, each in updates.items():
            label = content["outcomes"][outcome]["label"]
            yield f"- {label}, {names[learner]}: {each['text']}"
    yield "- Everything below was said of its parent, in the patients that one was learnt from.\n"


def _patients(content: Content) -> Iterator[str]:
    people, labels = content["population"], content["labels"]
    yield "## Learnt from\n"
    yield f"- {people['n']} patients: {people['n_control']} {labels['control']}, "
    yield f"  {people['n_treated']} {labels['treated']}"
    if people["centres"]:
        yield f"- {people['centres']} centres"
    for name in ("eligibility", "time_zero", "control_definition", "estimand"):
        if people.get(name):
            yield f"- {name.replace('_', ' ').capitalize()}: {people[name]}"
    yield "\n| outcome | events, control | events, treated | hoped for | threshold |"
    yield "|---|---|---|---|---|"
    for name, outcome in content["outcomes"].items():
        events = people["events"][name]
        threshold = outcome["threshold"]
        yield (
            f"| {outcome['label']} | {events['control']} | {events['treated']} | "
            f"{'yes' if outcome['desirable'] else 'no'} | "
            f"{'' if threshold is None else f'{100 * threshold:g} points'} |"
        )
    yield "\n## Asked for\n"
    yield "| predictor | seen | unit | may be unknown |"
    yield "|---|---|---|---|"
    for each in content["codebook"]:
        yield _predictor(each, content["support"][each["column"]])
    yield (
        "\nAn unknown value is replaced by the median (numbers, ordered levels) or the commonest "
        "level. No numbers are given outside these values, farther from the cohort's middle than "
        "any patient of one of the treatments, or where the treatment was all but decided.\n"
    )


def _predictor(each: Mapping[str, Any], seen: Mapping[str, Any]) -> str:
    if "levels" in seen:
        names = [level.get("label") or level["code"] for level in each.get("levels", [])]
        known = [names[k] if k < len(names) else str(k) for k in seen["levels"]]
        values = ", ".join(str(name) for name in known)
    else:
        values = f"{seen['min']:g} to {seen['max']:g}"
    unknown = "yes" if each.get("may_be_missing") else "no"
    label = each.get("label") or each["column"]
    return f"| {label} (`{each['column']}`) | {values} | {each.get('unit', '')} | {unknown} |"


def _models(content: Content) -> Iterator[str]:
    yield "## Two learners\n"
    yield (
        "- The study's learner: a model for each arm and outcome, an average of "
        f"{', '.join(_kinds(content))}."
    )
    yield (
        "- The recommended learner: a logistic regression whose interactions with treatment are "
        "shrunk, averaged over the strengths of shrinkage; outcomes that include each other do "
        "not contradict each other. Its benefit has a range."
    )
    for name, reason in content["recommended"]["absent"].items():
        yield f"- No recommended learner for {content['outcomes'][name]['label']}: {reason}"
    yield "\n| outcome | arm | AUC in the patients learnt from | AUC to expect | by |"
    yield "|---|---|---|---|---|"
    for name, arms in content["performance"].items():
        for arm, found in arms.items():
            apparent, headline = (found[key] for key in ("auc_apparent", "auc_headline"))
            yield (
                f"| {content['outcomes'][name]['label']} | {content['labels'][arm]} | "
                f"{_number(apparent)} | {_number(headline)} | {found['headline_method'] or ''} |"
            )
    yield ""


def _kinds(content: Content) -> list[str]:
    kinds: dict[str, None] = {}
    for stacks in content["arms"].values():
        for stack in stacks.values():
            kinds |= dict.fromkeys(member["kind"] for member in stack["members"])
    return list(kinds)


def _number(value: float | None) -> str:
    return "not estimable" if value is None else f"{value:.2f}"


def _trust(content: Content) -> Iterator[str]:
    yield "## Can it be believed?\n"
    for answer in content["verdict"]:
        yield f"- {answer['question']} **{answer['verdict']}**: {answer['text']}"
    held = content["uncertainty"]
    if held is None:
        yield "\nNo range: the model was adapted to other patients, for whom it was not measured.\n"
        return
    measured = held["coverage"]
    where = "" if measured["of_this_study"] else ", which are not this study: here it is not known"
    yield (
        f"\nThe range is made to hold {100 * held['level']:.0f} of 100 true differences between "
        f"the arms. In {measured['worlds']} synthetic worlds of {measured['patients']} patients it "
        f"held at least {100 * measured['least']:.0f} of 100, and at least "
        f"{100 * measured['least_in_top_quarter']:.0f} in the quarter with the largest benefit"
        f"{where}. It does not hold {'; '.join(held['holds_not'])}.\n"
    )
