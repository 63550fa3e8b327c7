// The result of one patient: a sentence, both futures, benefit and harm, and whether to believe it.

import { answer, hasRecommended, primaryOf, refusal, spanOver } from "./answer.js";
import { bars, dots, hundredths, legend, parts, scaleOf, ticks, track } from "./figures.js";
import { readField, shown } from "./form.js";
import { isNumber } from "./reading.js";
import { choice, el, own } from "./words.js";

export function thresholdOf(model, state) {
  if (state.threshold !== null) return { value: state.threshold, by: "here" };
  const study = model.outcomes[primaryOf(model)].threshold;
  if (model.site_threshold !== undefined) return { value: model.site_threshold, by: "site" };
  return study === null || study === undefined ? null : { value: study * 100, by: "study" };
}

// Every answer of the form as it stands: { coded, open, wrong, unknown, left_out }.
export function patientOf(model, state) {
  const patient = { coded: [], open: [], wrong: [], unknown: [], leftOut: [] };
  model.codebook.forEach((predictor, k) => {
    const asked = !state.short || model.short.leading.includes(k);
    const read = asked ? readField(predictor, state) : {};
    if (!asked) patient.leftOut.push(k);
    else if (read.open) patient.open.push(k);
    else if (read.problem) patient.wrong.push(k);
    else if (read.unknown) patient.unknown.push(k);
    patient.coded.push(read.value ?? null);
  });
  patient.complete = !patient.open.length && !patient.wrong.length;
  return patient;
}

function places(state) {
  return state.decimals ? 1 : 0;
}

// A change of frequency in words: "19 more"; a range of changes: "from 4 fewer to 38 more".
function change(words, points, decimals) {
  if (points === 0) return words.say("change.same");
  return words.say(points > 0 ? "change.more" : "change.fewer", { n: words.fixed(Math.abs(points), decimals) });
}

function rangeText(words, [low, high], decimals) {
  const say = (value) => words.fixed(Math.abs(value), decimals);
  const [from, to] = [low, high].map((value) => Number(value.toFixed(decimals)));
  if (from >= 0) return words.say("range.more", { low: say(from), high: say(to) });
  if (to <= 0) return words.say("range.fewer", { low: say(to), high: say(from) });
  return words.say("range.both", { low: say(from), high: say(to) });
}

// What is shown of one outcome, in hundredths: risks, change, and the range of the change.
export function row(model, name, found, state) {
  const decimals = places(state);
  const [a, b] = [found.control, found.treated].map((risk) => hundredths(model, name, risk, decimals));
  const sign = model.outcomes[name].desirable ? 1 : -1;
  const points = Number((b - a).toFixed(decimals));
  const benefitRange = found.range?.map((value) => 100 * value) ?? null;
  const changeRange = benefitRange && (sign > 0 ? benefitRange : [-benefitRange[1], -benefitRange[0]]);
  return { name, a, b, points, benefit: sign * points, benefitRange, changeRange, decimals };
}

export class Result {
  constructor(model, state, words, changed) {
    Object.assign(this, { model, state, words, changed });
    this.primary = primaryOf(model);
    this.arms = [model.labels.control, model.labels.treated];
  }

  values(extra = {}) {
    const { words } = this;
    return { control: words.inside(this.arms[0]), treated: words.inside(this.arms[1]), ...extra };
  }

  // { say, bar, body }: the sentence read aloud, the same in short, and the elements below.
  render() {
    const { model, state, words } = this;
    const patient = patientOf(model, state);
    if (!patient.complete) return this.incomplete(patient);
    const refused = refusal(model, patient.coded);
    if (refused) return this.refused(patient, refused);
    const found = answer(model, patient.coded, state.learner);
    const rows = Object.keys(model.outcomes).filter((name) => name in found).map((name) => row(model, name, found[name], state));
    const main = rows.find((each) => each.name === this.primary);
    return {
      say: this.sentence(main), bar: this.short(main), rows, patient, found,
      body: [this.way(main), el("p", { class: "soft" }, words.say("guess")), this.notes(patient), this.futures(found, rows), this.both(rows, main),
        this.believe(patient, found)],
    };
  }

  link(k) {
    return el("a", { href: `#f-${k}`, click: (event) => { event.preventDefault(); document.getElementById(`f-${k}`).focus(); } },
      this.words.term(this.model.codebook[k].label));
  }

  incomplete(patient) {
    const { words } = this;
    const list = (key, numbers) => (numbers.length
      ? [el("p", {}, words.say(key)), el("ul", { class: "todo" }, numbers.map((k) => el("li", {}, this.link(k))))] : []);
    const n = patient.open.length + patient.wrong.length;
    return {
      say: [words.say("result.none")], bar: words.say("bar.none", { n }), patient,
      body: [...list("result.wrong", patient.wrong), ...list("result.open", patient.open)],
    };
  }

  refused(patient, { key, predictors, chance, distance, limit }) {
    const { words, model } = this;
    const say = [words.say(`result.${key}`)];
    const bar = words.say("result.refused.bar");
    if (key === "outside") {
      return { say, bar, patient, body: [el("ul", { class: "todo" }, predictors.map((k) => el("li", {}, this.outside(k, patient.coded[k]), " ", this.link(k))))] };
    }
    if (key === "far") {
      const values = { distance: words.fixed(distance, 1), limit: words.fixed(limit, 1) };
      return { say, bar, patient, body: [el("p", {}, words.say("result.far.text", values)), el("ul", { class: "todo" }, predictors.map((k) => el("li", {}, this.link(k))))] };
    }
    const { alpha } = model.overlap;
    const hundred = (value) => words.fixed(100 * value, 0);
    return {
      say, bar, patient,
      body: [el("p", {}, words.say("result.decided.text", {
        chance: hundred(chance), low: hundred(alpha), high: hundred(1 - alpha), treated_label: words.inside(this.arms[1]),
      }))],
    };
  }

  outside(k, value) {
    const { words, model, state } = this;
    const predictor = model.codebook[k];
    const { min, max, levels } = model.support[k];
    const label = words.term(predictor.label);
    const say = (each) => shown(words, predictor, each, state);
    if (!isNumber(predictor)) return words.say("result.outside.level", { label, value: say(value), levels: words.list(levels.map(say)) });
    const above = value > max;
    const by = Number(Math.abs(value - (above ? max : min)).toPrecision(12));
    return words.say(above ? "result.outside.above" : "result.outside.below", { label, value: say(value), by: say(by), limit: say(above ? max : min) });
  }

  sentence(main) {
    const { words, model } = this;
    const bold = (text) => el("b", {}, text);
    const values = this.values({
      outcome: words.term(model.outcomes[main.name].label),
      a: bold(words.fixed(main.a, main.decimals)), b: bold(words.fixed(main.b, main.decimals)),
      change: bold(change(words, main.points, main.decimals)),
    });
    if (!main.changeRange) return words.parts("say", values);
    return words.parts("say.range", { ...values, range: rangeText(words, main.changeRange, main.decimals) });
  }

  short(main) {
    const { words } = this;
    const range = main.changeRange ? ` (${rangeText(words, main.changeRange, main.decimals)})` : "";
    return `${words.fixed(main.a, main.decimals)} → ${words.fixed(main.b, main.decimals)}: ${change(words, main.points, main.decimals)}${range}`;
  }

  wayText(each) {
    const key = each.benefit > 0 ? "way.better" : each.benefit < 0 ? "way.worse" : "way.none";
    return this.words.say(key, this.values());
  }

  way(main) {
    return main.benefit < 0 ? el("p", { class: "harm" }, "◆ ", this.wayText(main)) : null;
  }

  notes(patient) {
    const { words, model, state } = this;
    const notes = [];
    if (model.expires && model.expires < new Date().toISOString().slice(0, 10)) {
      notes.push(words.say("expired", { expires: words.date(model.expires) }));
    }
    if (!this.smooth()) notes.push(words.say("believe.norange"));
    for (const k of patient.unknown) {
      const predictor = model.codebook[k];
      const [low, high] = spanOver(model, patient.coded, k, state.learner, this.primary);
      notes.push(words.say("unknown.note", {
        label: words.term(predictor.label), value: shown(words, predictor, model.fill[k], state),
        outcome: words.inside(model.outcomes[this.primary].label), low: words.fixed(100 * low, 0), high: words.fixed(100 * high, 0),
      }));
    }
    for (const name of this.smooth() ? Object.keys(model.recommended.absent ?? {}) : []) {
      notes.push(words.say("absent.note", { outcome: words.term(model.outcomes[name].label) }));
    }
    if (patient.leftOut.length) {
      notes.push(words.say("short.note", { labels: words.list(patient.leftOut.map((k) => words.term(model.codebook[k].label))) }));
    }
    return notes.map((text) => el("p", { class: "caution" }, text));
  }

  futures(found, rows) {
    const { words, model, state } = this;
    const options = ["icons", "bars", "table", "text"].map((view) => [view, words.say(`view.${view}`)]);
    const pick = (view) => { state.view = view; this.changed("view"); };
    return el("section", { class: "futures-section" }, choice("view", words.say("view"), options, state.view, pick),
      state.view === "table" ? this.table(rows) : state.view === "text" ? this.texts(rows) : this.pictures(found));
  }

  pictures(found) {
    const { words, model, state } = this;
    const draw = state.view === "bars" ? bars : dots;
    const both = ["control", "treated"].map((arm) => parts(model, found, arm, state.learner, this.primary));
    return [el("div", { class: `futures ${state.view}` }, both.map((each, k) => el("div", { class: "future" },
      el("h3", {}, words.say("arm.title", { label: words.inside(this.arms[k]) })), draw(words, model, this.arms[k], each)))),
    legend(words, model, ...both), this.smooth() ? null : el("p", { class: "soft" }, words.say("dots.single"))];
  }

  smooth() {
    return this.state.learner === "recommended" && hasRecommended(this.model);
  }

  // Side by side where there is room, one below the other on a phone.
  table(rows) {
    const { words, model } = this;
    const title = (each) => own(words, model.outcomes[each.name].label);
    const cells = (each) => [words.fixed(each.a, each.decimals), words.fixed(each.b, each.decimals), change(words, each.points, each.decimals),
      each.changeRange ? rangeText(words, each.changeRange, each.decimals) : words.say("table.norange")];
    const heads = () => [...this.arms.map((arm) => own(words, arm)), words.say("table.difference"), words.say("table.range")];
    const wide = el("table", { class: "wide" },
      el("thead", {}, el("tr", {}, [words.say("table.outcome"), ...heads()].map((text) => el("th", { scope: "col" }, text)))),
      el("tbody", {}, rows.map((each) => el("tr", {}, el("th", { scope: "row" }, title(each)), cells(each).map((text) => el("td", {}, text))))));
    const tall = el("table", { class: "tall" }, rows.map((each) => el("tbody", {},
      el("tr", {}, el("th", { scope: "rowgroup", colspan: "2" }, title(each))),
      cells(each).map((text, k) => el("tr", {}, el("th", { scope: "row" }, heads()[k]), el("td", {}, text))))));
    return [wide, tall];
  }

  texts(rows) {
    return el("ul", { class: "texts" }, rows.map((each) => el("li", {}, this.sentence(each), " ", `(${this.wayText(each)})`)));
  }

  both(rows, main) {
    const { words, model, state } = this;
    const threshold = thresholdOf(model, state);
    const scale = scaleOf([...rows.flatMap((each) => [each.benefit, ...(each.benefitRange ?? [])]), threshold?.value ?? 0]);
    return el("section", { class: "both" }, el("h2", {}, words.say("both.title")),
      rows.map((each) => {
        const range = each.changeRange ? ` (${rangeText(words, each.changeRange, each.decimals)})` : "";
        return el("div", { class: "effect" },
          el("p", { class: "effect-name" }, own(words, model.outcomes[each.name].label)),
          el("p", { class: "effect-risks" }, words.fixed(each.a, each.decimals), " → ", words.fixed(each.b, each.decimals)),
          track(scale, each.benefit, each.benefitRange, each === main && threshold ? threshold.value : null, threshold ? words.number(threshold.value) : ""),
          el("p", { class: "effect-change" }, el("b", {}, change(words, each.points, each.decimals)), range, ": ",
            each.benefit < 0 ? el("span", { class: "harm" }, `◆ ${this.wayText(each)}`) : this.wayText(each)));
      }),
      ticks(words, scale), el("p", { class: "axis", "aria-hidden": "true" }, el("span", {}, `← ${words.say("axis.worse", this.values())}`), el("span", {}, `${words.say("axis.better", this.values())} →`)),
      threshold ? this.threshold(main, threshold) : null, this.nnt(main));
  }

  threshold(main, { value, by }) {
    const { words, model } = this;
    const outcome = words.inside(model.outcomes[main.name].label);
    const values = { outcome, n: words.number(value), by: words.say(`threshold.${by}`) };
    if (!main.benefitRange) return el("p", { class: "said-threshold" }, words.say("threshold.norange", values));
    const [low, high] = main.benefitRange;
    const key = low > value ? "above" : high < value ? "below" : "contains";
    const tie = [low, high].some((each) => Number(each.toFixed(0)) === value && each !== value);
    const decimals = Math.max(main.decimals, tie ? 1 : 0);
    return el("p", { class: "said-threshold" }, el("i", { class: "key-threshold", "aria-hidden": "true" }),
      words.say(`threshold.${key}`, { ...values, low: words.fixed(low, decimals), high: words.fixed(high, decimals) }));
  }

  // An extra line, and only where the range leaves out "no difference".
  nnt(main) {
    const { words, model } = this;
    if (!main.benefitRange || main.benefitRange[0] * main.benefitRange[1] <= 0 || main.points === 0) return null;
    const needed = (points) => words.fixed(Math.ceil(Number((100 / Math.abs(points)).toFixed(9))), 0);
    const [low, high] = main.benefitRange.map(needed).sort((a, b) => Number(a) - Number(b));
    const outcome = words.inside(model.outcomes[main.name].label);
    const exact = main.points;
    return el("p", { class: "soft" }, words.say(main.benefit > 0 ? "nnt.benefit" : "nnt.harm", { outcome, n: needed(exact), low, high }));
  }

  believe(patient, found) {
    const { words, model, state } = this;
    const lines = verdictLines(model).map((each) => el("li", {},
      el("p", {}, own(words, each.question, "b")),
      el("p", {}, el("span", { class: `badge ${each.verdict.replace(" ", "-")}` }, `◆ ${words.say(`verdict.${each.verdict}`)}`), " ",
        el("span", { lang: words.language === "en" ? null : "en" }, each.text))));
    return el("section", { class: "believe" }, el("h2", {}, words.say("believe.title")),
      el("p", {}, words.say("believe.external")),
      lines.length ? [el("p", {}, words.say("believe.run")), el("ul", { class: "verdict" }, lines)] : null,
      this.rangeNotes().map((text) => el("p", { class: "soft" }, text)), this.learners(patient, found));
  }

  rangeNotes() {
    const { words, model } = this;
    const { uncertainty } = model;
    if (!this.smooth()) return [];
    if (!uncertainty) return [words.say("believe.withheld")];
    const hundred = (value) => words.fixed(100 * value, 0);
    const { coverage, level } = uncertainty;
    const notes = [words.say("believe.range", { level: hundred(level) })];
    if (coverage) {
      notes.push(words.say("believe.covered", {
        worlds: String(coverage.worlds), patients: String(coverage.patients), least: hundred(coverage.least),
        top: hundred(coverage.least_in_top_quarter),
      }));
      if (!coverage.of_this_study) notes.push(words.say("believe.elsewhere"));
    }
    const list = (uncertainty.holds_not ?? []).map((text) => words.term(text));
    if (list.length) notes.push(words.say("believe.not", { list: list.join("; ") }));
    return [notes.join(" "), words.say("believe.formula")];
  }

  learners(patient, found) {
    const { words, model, state } = this;
    if (!hasRecommended(model)) return null;
    const options = ["recommended", "study"].map((each) => [each, words.say(`learner.${each}`)]);
    const pick = (each) => { state.learner = each; this.changed("learner"); };
    const [study, smooth] = ["study", "recommended"].map((each) =>
      row(model, this.primary, answer(model, patient.coded, each)[this.primary], state));
    const say = (value) => words.fixed(value, study.decimals);
    return [choice("learner", words.say("learner"), options, state.learner, pick),
      el("p", { class: "soft" }, words.say(`learner.note.${state.learner}`), " ", words.say("believe.differ", {
        a: say(study.a), b: say(study.b), c: say(smooth.a), d: say(smooth.b), n: say(Math.abs(study.points - smooth.points)),
      }))];
  }
}

export function verdictLines(model) {
  const given = Array.isArray(model.verdict) ? model.verdict : model.verdict?.lines;
  return Array.isArray(given) ? given : [];
}
