"""Who published an article, whom it was taken from, and on which outlets' word it reports."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from urllib.parse import urlsplit

from publicsuffixlist import PublicSuffixList

from corpus.clean import Cleaned
from corpus.clean.bylines import agencies, agency_in, is_name, outlets
from corpus.model import Citation, Given, Passage, Provenance, Source
from corpus.topic import Outlet, load_topic
from corpus.words.matching import fold
from corpus.words.wording import all_functions, cues, phrases

# How far from an outlet's name, in its sentence, the word may stand that says it reported.
CUE_REACH = 60

_NAME_RUN = r"[^\W\d_a-zа-яёα-ωà-öø-ÿ][\w.&'’-]*(?:\s+(?:[^\W\d_a-zа-яёα-ωà-öø-ÿ][\w.&'’-]*|of|de|der|&)){0,4}"
_RIGHTS_NAME = re.compile(
    r"(?:©|\([cC]\)|[cC]opyright|COPYRIGHT)(?:\s*(?:©|\([cC]\)|[cC]opyright\b|COPYRIGHT\b)){0,2}\s*(?:by\s+)?(?:\d{4}(?:\s*[-–]\s*\d{4})?)?[\s,]*(?:by\s+|von\s+)?"
    rf"({_NAME_RUN})"
)
_WIRE = re.compile(r"^[^\n]{0,70}?[\(/（【\[]\s*([^()/（）【】\[\]\n]{2,40}?)\s*[\)/）】\]]\s*(?:[-–—:]|$|\S)")
# "新华社北京2月9日电": the agency, the place, the day, "by wire".
_BY_WIRE = re.compile("[^，。,.]{0,14}?[电電讯訊]")
_URL = re.compile(r"(?:https?://|www\.)[^\s<>\"'）)]{3,500}", re.IGNORECASE)
_SENTENCE = re.compile(r"[.!?。！？।۔؟]+[\s\"'”“»」]+|[。！？।]|\n")
_DOMAIN_NAME = re.compile(r"(?:www\.)?((?:[a-z0-9-]{1,63}\.){1,4}[a-z]{2,24})(?![\w.-])", re.IGNORECASE)
_BRAND = re.compile(
    r"(?<![\w@./-])([A-Z][\w&]*[A-Za-z][\w&]*(?:\.(?:com|org|net|ai|io))?(?:\s[A-Z][\w&]+){0,3})(?![\w@])"
)


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


@cache
def _by_domain() -> dict[str, Outlet]:
    return {outlet.domain: outlet for outlet in load_topic().outlets if outlet.domain is not None}


@cache
def _by_name() -> dict[str, Outlet]:
    return {fold(outlet.name): outlet for outlet in load_topic().outlets}


def domain_of(url: str) -> str | None:
    """The registrable domain of an address ("https://news.example.co.uk/a" → "example.co.uk")."""
    try:
        host = urlsplit(url if "//" in url else f"//{url}").hostname
    except ValueError:
        return None
    if host is None or "." not in host or host.replace(".", "").isdigit():
        return None
    domain = _suffixes().privatesuffix(host.rstrip(".").lower())
    return None if domain is None else str(domain)


def source_of(name: str, *, domain: str | None = None) -> Source | None:
    """The outlet of that name or domain: one the topic knows, else a new one; None where the name says nothing."""
    name = " ".join(name.split()).strip(" .,:;|-–—\"'«»“”()")
    if domain is None and _DOMAIN_NAME.fullmatch(name):
        domain = domain_of(name)
    known = known_outlet(name) or (_by_domain().get(domain) if domain is not None else None)
    if known is not None:
        return Source(known.slug, known.name, known.domain, known.country)
    slug = slug_of(domain.rpartition(".")[0] if domain is not None and fold(name) == domain else name)
    if not slug or len(name) > 80:
        return None
    return Source(slug, name, domain, _country(domain))


def known_outlet(name: str) -> Outlet | None:
    """The topic's outlet that is named by the whole of the text, or with its domain."""
    bare = re.sub(r"\.(com|de|org|net|co\.uk|ru|fr|es|it|jp|cn)$", "", name, flags=re.IGNORECASE)
    for candidate in (name, bare):
        for start, end, outlet in outlets().find(candidate):
            if start == 0 and end >= len(candidate) - 1:
                return outlet
    return _by_name().get(fold(name)) or _by_domain().get(name.lower())


def _country(domain: str | None) -> str | None:
    """The country of a domain's last part, where it is one."""
    if domain is None:
        return None
    ending = domain.rpartition(".")[2]
    # These are sold as words, not as countries.
    if len(ending) != 2 or ending in ("ai", "io", "co", "tv", "me", "cc", "ly", "fm", "gg", "to", "ws", "eu"):
        return None
    return {"uk": "GB"}.get(ending, ending.upper())


def slug_of(name: str) -> str:
    """A key for addresses: small letters, digits and hyphens, other scripts kept."""
    plain = unicodedata.normalize("NFKD", name)
    plain = "".join(char for char in plain if not unicodedata.combining(char)).lower()
    return re.sub(r"[^\w]+|_+", "-", unicodedata.normalize("NFC", plain)).strip("-")[:60]


def find_provenance(cleaned: Cleaned, given: Given, *, url: str | None = None) -> Provenance:
    """The publisher with the method it was found by and the words it was read in, the origin, and the author.

    Methods, in order: given, metadata, url, masthead, stated, footer. None where nothing says who published.
    """
    author = _author(cleaned, given)
    origin, origin_words = _origin(cleaned)
    for source, method, evidence in _publishers(cleaned, given, url):
        if source is not None:
            other = origin if origin is not None and origin.slug != source.slug else None
            return Provenance(source, method, " ".join(evidence.split())[:200], other, author)
    return Provenance(None, None, origin_words, origin, author)


def _publishers(cleaned: Cleaned, given: Given, url: str | None) -> Iterator[tuple[Source | None, str, str]]:
    domain = None if url is None else domain_of(url)
    for value, method in ((given.source, "given"), (cleaned.metadata.source, "metadata")):
        if value is not None:
            yield source_of(value, domain=None if known_outlet(value) else domain), method, value
    if domain is not None and url is not None:
        yield source_of(domain, domain=domain), "url", url
    for passage in cleaned.passages:
        if passage.rule == "masthead":
            yield source_of(passage.text), "masthead", passage.text
        elif passage.rule == "logo":
            for _, name in (pair for pair in cleaned.stated("logo") if pair[0] is passage):
                yield source_of(name), "masthead", passage.text
    yield from _stated(cleaned)
    yield from _footers(cleaned)
    # Nobody else says that it published this: the agency named alone above the text did.
    first = next((passage.position for passage in cleaned.passages if passage.role in ("lead", "body")), 0)
    for passage, name in cleaned.stated("agency"):
        if passage.position < first and passage.rule == "agency":
            yield source_of(name), "masthead", passage.text


def _stated(cleaned: Cleaned) -> Iterator[tuple[Source | None, str, str]]:
    """What a labelled line, a byline or a dated line says of the publisher."""
    for passage, value in cleaned.stated("source"):
        yield _from_value(value), "stated", passage.text
    for passage, value in cleaned.stated("url"):
        domain = domain_of(value)
        yield (None if domain is None else source_of(domain, domain=domain)), "stated", passage.text
    for passage in cleaned.passages:
        if passage.role in ("byline", "dateline"):
            agents = [(start, end) for start, end, _ in agencies().find(passage.text)]
            for start, end, outlet in outlets().find(passage.text):
                # An agency beside an author's name is where the text comes from, not who published it.
                if not any(begin < end and start < stop for begin, stop in agents):
                    yield _known(outlet), "stated", passage.text
    if cleaned.headline is not None:
        tail = re.split(r"\s[|–—-]\s", cleaned.headline)[-1]
        if tail != cleaned.headline:
            outlet_named = known_outlet(tail.strip())
            yield (None if outlet_named is None else _known(outlet_named)), "stated", cleaned.headline


def _from_value(value: str) -> Source | None:
    match = _URL.search(value)
    if match is not None:
        domain = domain_of(match[0])
        return None if domain is None else source_of(domain, domain=domain)
    first = re.split(r"[,;|(（]|\s[-–—]\s", value)[0]
    words = first.split()
    # "Sources: two people familiar with the plan" names nobody.
    if len(words) > 2 and words[0][0].islower() and known_outlet(first) is None:
        return None
    return source_of(first) if 0 < len(words) <= 6 else None


def _known(outlet: Outlet) -> Source:
    return Source(outlet.slug, outlet.name, outlet.domain, outlet.country)


def _footers(cleaned: Cleaned) -> Iterator[tuple[Source | None, str, str]]:
    """The publisher's name in its copyright line, its disclaimer, or the offer of its newsletter."""
    for passage in cleaned.passages:
        if passage.rule == "copyright":
            match = _RIGHTS_NAME.search(_before_phrase(passage.text))
            if match is not None:
                name = re.split(r"(?<=\w{4})\.\s|,|\s\d{4}\b", match[1])[0]
                yield _plain_name(name), "footer", passage.text
    cut = [
        passage for passage in cleaned.passages if passage.role in ("disclaimer", "newsletter", "furniture", "share")
    ]
    for passage in cut:
        if passage.role == "disclaimer":
            body = passage.text.partition(":")[2] or passage.text
            match = re.match(rf"\s*({_NAME_RUN})\s+[a-zа-яё]", body)
            if match is not None and match[1].split()[0].lower() not in all_functions():
                yield _plain_name(match[1]), "footer", passage.text
    yield from _brands(cleaned, cut)


def _before_phrase(text: str) -> str:
    """The text up to the first words, behind the sign, that reserve rights or name other furniture."""
    sign = max(text.find("©"), text.lower().find("copyright"))
    hits = (start for start, _, role in phrases().find(text) if role == "furniture" and start > sign)
    return text[: next(hits, None)]


def _plain_name(name: str) -> Source | None:
    name = name.strip(" .,")
    lowered = [word.lower() for word in name.split()]
    return None if not name or all(word in all_functions() for word in lowered) else source_of(name)


def _brands(cleaned: Cleaned, cut: Iterable[Passage]) -> Iterator[tuple[Source | None, str, str]]:
    """A name that stands in two or more of the site's own lines and nowhere in the article."""
    seen: dict[str, list[Passage]] = {}
    for passage in cut:
        for name in dict.fromkeys(_brand_names(passage)):
            seen.setdefault(name, []).append(passage)
    for name, passages in seen.items():
        offers = [passage for passage in passages if passage.role in ("newsletter", "disclaimer")]
        camel = re.search(r"[a-z][A-Z]|\.(?:com|org|net)\b", name) is not None
        if (len(passages) >= 2 or camel) and offers and name not in cleaned.text:
            yield source_of(name), "footer", offers[0].text


def _brand_names(passage: Passage) -> Iterator[str]:
    latin_only = passage.text.isascii() or not re.search("[\u0370-\uffff]", passage.text)
    for match in _BRAND.finditer(passage.text):
        name = match[1]
        camel = re.search(r"[a-z][A-Z]", name) is not None
        opening = not passage.text[: match.start()].strip(' *"“«')
        if (name.isupper() and len(name) <= 4) or name.lower() in all_functions():
            continue
        if camel or (not latin_only and len(name) > 3) or (" " in name and not opening):
            yield name


def _origin(cleaned: Cleaned) -> tuple[Source | None, str | None]:
    """The outlet an article was taken from: it says so, its wire line or its end mark does."""
    body = [passage for passage in cleaned.passages if passage.start_char is not None and passage.role != "headline"]
    for passage in [*cleaned.passages][-12:] + [*cleaned.passages][:6]:
        for start, end, role in phrases().find(passage.text):
            if role == "republished":
                named = _named_after(passage.text, end) or _named_after(passage.text[:start], 0)
                if named is not None:
                    return named, passage.text
    for passage in cleaned.passages:
        credit = next((value for stating, value in cleaned.stated("agency") if stating is passage), None)
        if credit is None and passage.role in ("byline", "dateline"):
            credit = next((name for _, _, name in agencies().find(passage.text)), None)
        if credit is not None:
            return source_of(credit), passage.text
    for passage in body[:1]:
        match = _WIRE.match(passage.text)
        outlet = None if match is None else known_outlet(re.split(r"[=,/]", match[1])[-1].strip())
        if outlet is not None and match is not None:
            return _known(outlet), passage.text[: match.end(1) + 1]
        agency = None if match is None else agency_in(re.split(r"[=,/]", match[1])[-1].strip())
        if agency is not None and match is not None:
            return source_of(agency), passage.text[: match.end(1) + 1]
        head = passage.text[:48]
        for start, end, opening in outlets().find(head):
            if not head[:start].strip("【[（( ") and _BY_WIRE.match(head, end):
                return _known(opening), head
    for passage in body[-2:]:
        for outlet in load_topic().outlets:
            if outlet.endmark is not None and passage.text.endswith(outlet.endmark):
                bare = passage.text[: -len(outlet.endmark)].rstrip()
                if bare and bare[-1] in ".!?…”“\"'»":
                    return _known(outlet), outlet.endmark
        closing = re.search(r"[\(（]([^()（）]{2,30})[\)）]\s*$", passage.text)
        outlet_closing = None if closing is None else known_outlet(re.split(r"[/,;]", closing[1])[0].strip())
        if outlet_closing is not None and closing is not None:
            return _known(outlet_closing), closing[0]
    return None, None


def _named_after(text: str, start: int) -> Source | None:
    window = text[start : start + 100]
    link = _URL.search(window)
    for begin, _, outlet in outlets().find(window):
        if begin < 40:
            return _known(outlet)
    if link is not None:
        domain = domain_of(link[0])
        return None if domain is None else source_of(domain, domain=domain)
    match = re.match(rf"[\s:\"“«„]*(?:the\s+|dem\s+|der\s+)?({_NAME_RUN})", window)
    return None if match is None else _plain_name(match[1])


def _author(cleaned: Cleaned, given: Given) -> str | None:
    """Who wrote the article, as given, as the page says, or as its byline does."""
    for value in (given.author, cleaned.metadata.author):
        if value is not None and value.strip():
            return " ".join(value.split())
    order = {"byline": 1, "dateline:byline": 1}
    named = [(order.get(passage.rule, 0), passage.position, value) for passage, value in cleaned.stated("author")]
    named += [
        (3 if passage.rule == "name before bio" else 4, passage.position, passage.text)
        for passage in cleaned.passages
        if passage.role == "byline" and passage.rule.startswith("name")
    ]
    for _, _, value in sorted(named):
        pieces = [piece.strip(" .") for piece in re.split(r"[|•·,(/;（，、／]|\s[-–—]\s", value)]
        name = next((piece for piece in pieces if piece and agency_in(piece) is None), "")
        if is_name(name, most=8) and known_outlet(name) is None and not _DOMAIN_NAME.fullmatch(name):
            return name
    return None


def stated_url(cleaned: Cleaned) -> str | None:
    """The article's own address where a labelled line gives it."""
    for _, value in cleaned.stated("url", "source"):
        match = _URL.search(value)
        if match is not None and match[0].lower().startswith("http"):
            return match[0].rstrip(".,;")
    return None


def find_citations(text: str, language: str | None) -> tuple[Citation, ...]:
    """The outlets on whose word the text says something, in order, with the span of their names.

    An outlet counts where a word of reporting ("laut", "berichtet", "told") stands near it in its sentence.
    """
    if text == "":
        return ()
    found = list(outlets().find(text))
    if not found:
        return ()
    breaks = [match.end() for match in _SENTENCE.finditer(text)]
    spans = [(start, end) for start, end, _ in cues().find(text)]
    citations = []
    sentence, cue = 0, 0
    for start, end, outlet in found:
        while sentence < len(breaks) and breaks[sentence] <= start:
            sentence += 1
        low = max(breaks[sentence - 1] if sentence else 0, start - CUE_REACH)
        high = min(breaks[sentence] if sentence < len(breaks) else len(text), end + CUE_REACH)
        while cue < len(spans) and spans[cue][1] < low:
            cue += 1
        if any(low <= begin and stop <= high for begin, stop in _until(spans, cue, high)):
            quote = text[start:end]
            citations.append(Citation(_known(outlet), start, end, quote))
    return tuple(citations)


def _until(spans: list[tuple[int, int]], first: int, high: int) -> Iterator[tuple[int, int]]:
    for number in range(first, len(spans)):
        if spans[number][0] > high:
            return
        yield spans[number]
