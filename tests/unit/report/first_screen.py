"""What stands on the first screen of a page: texts and drawings' labels, by what they answer."""

from html.parser import HTMLParser

VOID = {"meta", "br", "img", "link", "line", "rect", "circle", "path"}


class FirstScreen(HTMLParser):
    """Collect the text of every part of the page's start, and the labels of its drawings."""

    def __init__(self, page):
        super().__init__()
        self.open, self.texts, self.labels = [], {}, {}
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        within = self.open[-1][1] if self.open else ()
        names = [found.get("data-answers"), *(found.get("class") or "").split()]
        within = (*within, *(f"{name}" for name in names if name))
        if found.get("aria-label") and "drawn" in names:
            self._keep(self.labels, within, found["aria-label"])
        if tag not in VOID:
            self.open.append((tag, within))

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop()[0] == tag

    def handle_data(self, data):
        if self.open and "folded" not in self.open[-1][1]:
            self._keep(self.texts, self.open[-1][1], data)

    @staticmethod
    def _keep(where, within, text):
        for name in dict.fromkeys(within):
            where.setdefault(name, []).append(text)

    def text(self, *names):
        """Give all text of the parts with these names, one after the other."""
        return " ".join(" ".join("".join(self.texts[name]).split()) for name in names)
