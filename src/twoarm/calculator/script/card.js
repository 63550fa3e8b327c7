// The formula and the model card, open to read.

import { shown } from "./form.js";
import { el, own } from "./words.js";

function scroller(label, ...children) {
  return el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": label }, children);
}

function coefficients(model, words, name) {
  const { centre, scale, fits } = model.recommended.outcomes[name];
  const say = (value) => words.number(value, 5);
  const cells = (pick) => fits.map((fit) => el("td", {}, say(pick(fit))));
  const line = (label, middle, values) =>
    el(
      "tr",
      {},
      el("th", { scope: "row" }, label),
      middle.map((text) => el("td", {}, text)),
      values,
    );
  const plain = ["weight", "intercept", "treatment"].map((key) =>
    line(
      words.say(`formula.${key}`),
      ["", ""],
      cells((fit) => fit[key]),
    ),
  );
  const slopes = ["main", "interaction"].flatMap((key) =>
    model.columns.map((column, k) =>
      line(
        words.say(`formula.${key}`, { column }),
        [say(centre[k]), say(scale[k])],
        cells((fit) => fit[key][k]),
      ),
    ),
  );
  const head = [
    words.say("formula.term"),
    words.say("formula.centre"),
    words.say("formula.scale"),
    ...fits.map((_, k) => words.say("formula.fit", { k: String(k + 1) })),
  ];
  return el(
    "table",
    { class: "coefficients" },
    el(
      "thead",
      {},
      el(
        "tr",
        {},
        head.map((text) => el("th", { scope: "col" }, text)),
      ),
    ),
    el("tbody", {}, plain, slopes),
  );
}

function recommended(model, words) {
  const names = Object.keys(model.recommended.outcomes);
  const holder = scroller(words.say("formula.region"), coefficients(model, words, names[0]));
  const select = el(
    "select",
    { id: "formula-outcome", change: () => holder.replaceChildren(coefficients(model, words, select.value)) },
    names.map((name) => el("option", { value: name }, words.term(model.outcomes[name].label))),
  );
  const { fits } = model.recommended.outcomes[names[0]];
  return [
    el("h3", {}, words.say("learner.recommended")),
    el(
      "p",
      {},
      words.say("formula.recommended", {
        control: words.inside(model.labels.control),
        treated: words.inside(model.labels.treated),
        n: String(fits.length),
      }),
    ),
    model.uncertainty
      ? el("p", {}, words.say("formula.range", { multiple: words.number(model.uncertainty.multiple) }))
      : null,
    model.recalibration ? el("p", {}, words.say("formula.adapted")) : null,
    el("p", {}, el("label", { for: "formula-outcome" }, words.say("formula.outcome")), " ", select),
    holder,
  ];
}

function member(words, { name, weight, trees }) {
  const values = { name, weight: words.number(weight, 3), n: String(trees?.roots.length ?? 0) };
  return words.say(trees ? "formula.trees" : "formula.member", values);
}

function study(model, words) {
  const stacks = ["control", "treated"].flatMap((arm) =>
    Object.entries(model.study[arm]).map(([name, stack]) =>
      el(
        "li",
        {},
        words.say("formula.stack", {
          arm: words.term(model.labels[arm]),
          outcome: words.inside(model.outcomes[name].label),
          members: stack.members.map((each) => member(words, each)).join("; "),
        }),
      ),
    ),
  );
  return [
    el("h3", {}, words.say("learner.study")),
    el("p", {}, words.say("formula.study")),
    el("ul", {}, stacks),
  ];
}

function save(model, text) {
  const link = el("a", {
    href: URL.createObjectURL(new Blob([text], { type: "application/json" })),
    download: `${model.name}-calculator.json`,
  });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

export function formula(model, words, text) {
  return [
    model.recommended ? recommended(model, words) : null,
    study(model, words),
    el("p", {}, el("button", { type: "button", click: () => save(model, text) }, words.say("formula.save"))),
  ];
}

function discrimination(model, words) {
  const say = (value) => (typeof value === "number" ? words.fixed(value, 2) : "–");
  const lines = Object.entries(model.performance ?? {}).map(([name, { control, treated }]) => {
    const nested = control.headline_method === "nested_cv";
    return words.say(nested ? "card.auc.text" : "card.auc.method", {
      outcome: words.term(model.outcomes[name].label),
      control: say(control.auc_headline),
      treated: say(treated.auc_headline),
      method: String(control.headline_method),
    });
  });
  const valid = Object.entries(model.performance ?? {}).flatMap(([name, arms]) =>
    ["control", "treated"]
      .filter((arm) => arms[arm].harrell_valid)
      .map((arm) => `${words.term(model.outcomes[name].label)}, ${words.inside(model.labels[arm])}`),
  );
  return [
    ["card.auc", lines],
    ["card.gate", valid.length ? valid : [words.say("card.gate.none")]],
  ];
}

function findings(model, words) {
  if (!model.findings?.length) return null;
  return el(
    "details",
    {},
    el("summary", {}, words.say("card.findings.all", { n: String(model.findings.length) })),
    el(
      "ul",
      { lang: words.language === "en" ? null : "en" },
      model.findings.map((each) =>
        el("li", {}, el("b", {}, `${each.name}: ${each.verdict}.`), ` ${each.text}`),
      ),
    ),
  );
}

function rows(model, words, state) {
  const { population, provenance = {} } = model;
  const inside = (text) => words.inside(text);
  const labels = { control_label: inside(model.labels.control), treated_label: inside(model.labels.treated) };
  const unknown = model.codebook
    .filter((each) => each.may_be_missing)
    .map(
      (each) =>
        `${words.term(each.label)} (${shown(words, each, model.fill[model.codebook.indexOf(each)], state)})`,
    );
  const events = Object.entries(population.events ?? {}).map(([name, { control, treated }]) =>
    words.say("card.events.text", {
      outcome: words.term(model.outcomes[name]?.label ?? name),
      control: String(control),
      treated: String(treated),
    }),
  );
  return [
    ["card.name", [own(words, model.title)]],
    ["card.version", [model.version]],
    ["card.created", [model.created && words.date(model.created)]],
    ["card.expires", [model.expires && words.date(model.expires)]],
    ["card.use", [own(words, model.intended_use)]],
    ["card.not", [own(words, model.not_for)]],
    [
      "card.population",
      [
        words.say("card.population.text", {
          n: String(population.n),
          control: String(population.n_control),
          treated: String(population.n_treated),
          ...labels,
        }),
      ],
    ],
    ["card.eligibility", [own(words, population.eligibility)]],
    ["card.control", [own(words, population.control_definition)]],
    ["card.time_zero", [population.time_zero && own(words, population.time_zero)]],
    ["card.estimand", [population.estimand && own(words, population.estimand)]],
    ["card.events", events],
    [
      "card.missing",
      [
        unknown.length
          ? words.say("card.missing.text", { labels: words.list(unknown) })
          : words.say("card.missing.none"),
      ],
    ],
    ...discrimination(model, words),
    ["card.findings", [findings(model, words)]],
    [
      "card.provenance",
      [
        words.say("card.provenance.text", {
          version: model.twoarm_version,
          seed: String(provenance.seed),
          replicates: String(provenance.replicates),
          study: String(provenance.study).slice(0, 12),
          data: String(provenance.data).slice(0, 12),
        }),
      ],
    ],
    ["card.digest", [model.digest]],
    ["card.vectors", [words.say("card.vectors.text", { n: String(model.vectors.length) })]],
  ];
}

export function card(model, words, state) {
  const kept = rows(model, words, state)
    .map(([key, texts]) => [key, texts.filter(Boolean)])
    .filter(([, texts]) => texts.length);
  return [
    el(
      "dl",
      { class: "card" },
      kept.map(([key, texts]) =>
        el(
          "div",
          {},
          el("dt", {}, words.say(key)),
          texts.map((text) => el("dd", {}, text)),
        ),
      ),
    ),
    el("p", { class: "soft" }, words.say("card.regulation")),
  ];
}
