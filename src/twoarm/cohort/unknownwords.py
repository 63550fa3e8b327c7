"""Words that mean "nothing is known", in several languages.

Loads nothing beyond the standard library: the bedside reads cells too.
"""

from __future__ import annotations

import re
import unicodedata

__all__ = ["is_like_unknown", "may_be_unknown"]

_DONE = r"""known|recorded|avail(?:able)?|applic(?:able)?|determined|reported|data|info(?:rmation)?
|answer|response|done|evaluable|evaluated|assessed|assessable|obtained|measured|stated|specified
|entered|entry|given|documented|collected|performed|tested|values?|record|results?|classifiable"""
_ERHOBEN = r"""bekannt|erhoben|verfugbar|bestimmt|dokumentiert|erfasst|beurteilbar|anwendbar
|angegeben|gemessen|auswertbar|zutreffend"""
_CONNU = r"""connue?s?|renseignee?s?|disponibles?|precisee?s?|evaluee?s?|evaluables?|applicables?
|mesuree?s?|determinee?s?|faite?s?"""
_REGISTRADO = r"""sabe|consta|disponible|conocid[oa]|aplica|aplicable|evaluad[oa]|evaluable|contesta
|registrad[oa]|procede"""

_SURE = rf"""
n-?a|null|nan|unk|ukn|(?:status-|is-)?unknown|(?:is-)?missing(?:-.*)?|miss|empty|blank
|(?:not|no|cannot-be|can-t-be|could-not-be)-(?:yet-)?(?:{_DONE})|(?:does|do)-not-(?:apply|know)
|(?:can-?t|cannot)-(?:tell|say)|(?:don-?t|didn-?t|did-not)-know|indeterminate|undetermined|unspecified
|uncertain|unclear|unsure|unrecorded|unavailable|pending|lost|lost-to-f.*|ltfu|lfu|drop(?:ped)?-?out
|censored|withdr(?:awn?|ew)(?:-.*)?|refused|declined

|unbekannt|unbek|unklar|unbestimmt|fehlt|fehlend(?:er?-wert)?|fehlwert|keine-angaben?|k-a
|(?:noch-)?nicht-(?:{_ERHOBEN})|entfallt|ausstehend|weiss-nicht
|inconnue?s?|manquante?s?|donnees?-manquantes?|(?:non|pas)-(?:{_CONNU})|ne-sait-pas|perdue?-de-vue
|desconocid[oa]s?|no-(?:{_REGISTRADO})|sin-(?:datos?|informacion|registro)|ns-nc|perdid[oa]|faltante
|sconosciut[oa]|non-(?:not[oa]|disponibile|applicabile|rilevat[oa]|valutat[oa]|valutabile|riferit[oa])
|mancante|ignot[oa]|pers[oa]-al-follow-up
|desconhecid[oa]|ignorad[oa]|nao-(?:sabe|informad[oa]|disponivel|aplicavel|avaliad[oa])
|sem-(?:dados|informacao)
|onbekend|ontbreekt|ontbrekend|missend|nvt|n-v-t
|niet-(?:bekend|beschikbaar|van-toepassing|bepaald|gemeten|ingevuld)
|okand|okant|saknas|uppgift-saknas|ej-(?:kand|kant|angivet|tillgangligt|utfort)|ukendt|ukjent
|uoplyst|mangler|ikke-(?:kendt|kjent|oplyst|angivet|relevant|utfort|tilgjengelig)
|tuntematon|puuttuu|ei-tie(?:dossa|toa)
|nieznan[yae]|brak(?:-danych)?|nie-(?:wiadomo|dotyczy|podano|oznaczono)
|neznam[yoea]|neuvedeno|chybi|ismeretlen|hianyzik|nincs-adat|bilinmiyor|bilinmeyen|eksik
|αγνωστ(?:ο|η|οσ)|неизвест(?:но|ен|на)|не-(?:известно|определено|указано)|нет-данных|н-д
|不明|未知|缺失|不详|不詳|未查|未测|失访|失訪|无数据|無資料|未詳|欠測|欠損|未測定|未記入|未検
|미상|모름|결측|불명|مجهول|غير-معروف|لا-يعلم|לא-ידוע
"""
_ABBREVIATED = r"n-?d|n-?k|n-?r|n-?e|n-?b|n-?s|d-?k|dnk|dnp|nsp|pdv|tbd|tba|mv|x+"
"""May as well be a name: ND is North Dakota, NE the north-east."""


def _bare(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(each for each in apart if not unicodedata.combining(each))


_UNKNOWN = re.compile(_bare(_SURE), re.VERBOSE)
_SHORT = re.compile(_ABBREVIATED)
"""Both are asked of words without accents, joined by hyphens whatever stands between them."""


def is_like_unknown(text: str) -> bool:
    """Say whether a text usually means that nothing is known: blank, NA, -, ., ?, unknown, lost.

    Examples
    --------
    >>> [is_like_unknown(each) for each in ("N/A", "-", "k. A.", "lost to follow-up", "不明")]
    [True, True, True, True, True]
    >>> [is_like_unknown(each) for each in ("Naples", "0", "none", "ND", "no")]
    [False, False, False, False, False]
    """
    words = _words(text)
    return not words or _UNKNOWN.fullmatch(words) is not None


def may_be_unknown(text: str) -> bool:
    """Say the same of an abbreviation that may as well be a name.

    Examples
    --------
    >>> [may_be_unknown(each) for each in ("N.D.", "DK", "xx", "unknown", "ox")]
    [True, True, True, True, False]
    """
    return is_like_unknown(text) or _SHORT.fullmatch(_words(text)) is not None


def _words(text: str) -> str:
    return "-".join(re.sub(r"[\W_]+", " ", _bare(text)).split())
