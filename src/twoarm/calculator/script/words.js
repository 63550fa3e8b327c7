// What the page says, in the language chosen; and how it makes the elements that say it.

// A text with {names} filled in. Values may be texts or elements; gives a list for `el`.
export function filled(template, values) {
  return template.split(/(\{\w+\})/).map((part) => {
    const name = /^\{(\w+)\}$/.exec(part);
    return name && name[1] in values ? values[name[1]] : part;
  });
}

export class Words {
  constructor(languages, language) {
    this.language = language;
    this.locale = language === "en" ? "en-GB" : language; // 29 November, not November 29
    this.formats = new Map();
    this.words = languages[language].words;
    this.terms = languages[language].terms;
    this.english = languages.en.words;
  }

  has(key) {
    return key in this.words;
  }

  parts(key, values = {}) {
    return filled(this.words[key] ?? this.english[key] ?? key, values);
  }

  say(key, values = {}) {
    return this.parts(key, values).join("");
  }

  // Formats are kept: to make one takes longer than to use it a hundred times.
  format(options) {
    const key = JSON.stringify(options);
    if (!this.formats.has(key)) {
      this.formats.set(key, new Intl.NumberFormat(this.locale, { ...options, useGrouping: false }));
    }
    return this.formats.get(key);
  }

  number(value, digits = 12) {
    return this.format({ maximumSignificantDigits: digits }).format(value);
  }

  fixed(value, decimals) {
    const options = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
    return this.format(options).format(value).replace(/^-/, "−");
  }

  date(text) {
    const day = new Date(`${text.slice(0, 10)}T12:00:00`);
    return Number.isNaN(day.getTime())
      ? text
      : new Intl.DateTimeFormat(this.locale, { dateStyle: "long" }).format(day);
  }

  list(texts) {
    return texts.join(", ");
  }

  knows(text) {
    return text in this.terms;
  }

  // A text of the study in the page's language, if it is known there. Spans of numbers stay on one
  // line.
  term(text) {
    return (this.terms[text] ?? text).replace(/([0-9])[-–]([0-9])/g, "$1\u2060–\u2060$2");
  }

  // The same inside a sentence: without the capital letter, where the language has it so.
  inside(text) {
    const own = this.term(text);
    const word = /^\p{Lu}\p{Ll}/u.test(own) && this.words.lower_labels === "yes";
    return word ? own[0].toLowerCase() + own.slice(1) : own;
  }
}

function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== "") element.append(child);
  }
  return element;
}

function made(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name, value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  return append(element, children);
}

export function el(tag, attributes = {}, ...children) {
  return made(document.createElement(tag), attributes, children);
}

export function svg(tag, attributes = {}, ...children) {
  return made(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

// A text of the study: marked as English where the page's language has no word for it.
export function own(words, text, tag = "span") {
  const foreign = words.language !== "en" && !words.knows(text) && /\p{Ll}{3}/u.test(text);
  return el(tag, { lang: foreign ? "en" : null }, words.term(text));
}

export function choice(name, legend, options, chosen, pick) {
  return el(
    "fieldset",
    { class: "choice" },
    el("legend", {}, legend),
    el(
      "div",
      { class: "segments" },
      options.map(([value, label]) =>
        el(
          "label",
          {},
          el("input", { type: "radio", name, value, checked: value === chosen, change: () => pick(value) }),
          el("span", {}, label),
        ),
      ),
    ),
  );
}
