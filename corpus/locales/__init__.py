"""Language data: what words mean when they stand beside a number.

Two layers a language, merged by `lexicon.py` and compiled once:

* ``cldr/<lang>.json``: generated from CLDR through Babel by ``python -m corpus.locales.build``
  (scale words, separators, currency names and symbols, units, durations, month names).
  Never edited by hand; a test rebuilds and compares.
* ``<lang>.toml``: written by hand on top, for what CLDR lacks. A regional or script variant
  (``pt-PT``, ``zh-Hant``) has a file of its own that names its ``parent`` and says only what differs.
* ``common.toml``: true in every language (symbols, ISO codes left out on purpose, SI prefixes).

How a form is written, in every table below:

* case does not matter, unless the form starts with ``=`` (``=M`` is the letter M, never m);
* a form may be several words (``"more than"``); hyphens between words are written as spaces and
  match a hyphen as well (``"multi billion"``), an apostrophe inside a word belongs to it (``"d'"``);
* ``*`` at the end stands for any ending of up to six letters (``"миллиард*"``); it never matches a
  form that ``stop`` lists (``"миллиардер*"``). Where forms differ in meaning, the longer form wins;
* in languages written without spaces, and in Korean, a form is found wherever it follows a number.

```toml
name = "German"              # in English
native = "Deutsch"
parent = "pt"                # only in a variant
glue = true                  # number words are written as one word (fünfundzwanzig, duecento)
decimal = ","                # only where CLDR's separators are not what newspapers use
group = "."
number_endings = ["ми", "ти"] # case endings tied on to digits with a hyphen: "7-ми триллионов"
colon_endings = true         # case endings tied on with a colon: "10 000:n" (Finnish, Swedish)
slash_decimals = true        # 40/5 is 40.5 (Persian)
drop = ["M", "..."]          # forms of CLDR that are wrong or harmful; say why in a comment
stop = ["Milliardär*"]       # look like an entry of this file and never are
proclitics = ["و", "ب", "ال"] # written together with the next word and cut off before looking it up

[numbers]                    # value = forms. Cardinal words and their inflected forms, 0 to 100 as far as
1 = ["eins", "ein", "eine"]  # the language does not compose them from smaller words. 100 multiplies what
100 = ["hundert"]            # stands before it. A word for a whole amount may be listed: 2e9 = ["ملياري"].
"0.5" = ["halb*"]            # plain fractions: half a million, medio millón
"1.5" = ["anderthalb*"]
"+0.5" = ["einhalb"]         # adds to the number beside it: "zweieinhalb", "साढ़े तीन", "y medio", "с половиной";
"-0.25" = ["पौने"]           # after a scale word it is a part of that scale (a million and a half)

[joins]                      # words inside a number that add nothing: "two hundred and five", "fünfundzwanzig"
and = ["und"]
article = ["a", "an"]        # stands for one before a scale word and is not a number otherwise

minus = ["minus", "минус"]   # a minus in words, before the amount; "▲" in Japanese
point = ["点", "Komma"]       # a decimal point said in words: "十二点五亿", "eins Komma fünf Milliarden"

[scales.1e9]                 # 1e3 and up (100 too, where hundreds multiply as scale words)
one = ["Milliarde"]          # stands for one of it without a number: "(a) billion dollars" is 1e9
many = ["Milliarden"]        # without a number it is vague: "billions of dollars"
short = ["Mrd", "Mrd."]      # abbreviations and forms that mean nothing without a number

[vague]                      # before a scale word, without a number
few = ["mehrere", "several"] # some: the magnitude is the scale's
10 = ["Dutzende", "tens of"] # tens of, dozens of: ten times the scale's
100 = ["Hunderte"]           # hundreds of
1000 = ["Tausende"]

[currencies]                 # code or group = nouns, in every case form, and compounds. Groups are names shared by
USD = ["US-Dollar*"]         # several countries: dollar peso krone rupee pound franc dinar dirham rial lira
dollar = ["Dollar", "Dollars"] # shilling real won yuan; the text's region or [defaults] says which
                             # a key may carry a factor: "0.01 EUR" = ["Cent"], "1e6 USD" = ["mdd"]
[defaults]
krone = "DKK"
[regions]                    # names that decide a shared currency name, beside CLDR's names of countries
SEK = ["svensk*"]

[symbols]                    # may stand before or after the amount: code or group = signs and abbreviations
krone = ["kr", "kr.", "mkr"]
[percent]
percent = ["Prozent", "v. H."]
before = ["yüzde", "百分之"]   # percent words that stand before the number
points = ["Prozentpunkt*"]   # percentage points: unit pp
basis = ["Basispunkt*"]      # basis points: percent / 100
tenths = ["割"]               # tenths: percent * 10
hundredths = ["分"]           # behind tenths: "3割5分" is 35 percent

[bounds.before]              # hedges before the amount (before its currency sign too)
about = []                   # roughly
almost = []                  # a little less, on the way there: nearly, close to, bijna
more_than = []               # over, above, exceeding, ruim, gut, 超过
at_least = []                # no less than, from ... up
less_than = []               # under, below
up_to = []                   # as much as, as high as, a maximum of, 高达
[bounds.verb]                # verbs that may stand up to three words before the amount: "تجاوزت الإيرادات 60 مليار"
more_than = ["تجاوزت"]
[bounds.inside]              # inside the number, before its scale, unit or counting word: 70多亿, 3500余件
more_than = ["多", "余"]
[bounds]
not_after = ["Runde*", "*fonds"] # a hedge right behind one of these is a preposition: "eine Runde über 5 Mio."
[bounds.after]               # the same after the amount: "7 Mrd. oder mehr", "以上", "aşan", "or more"

[ranges]
open = ["zwischen", "von"]   # before the first side
to = ["bis"]                 # between the sides: always a range
and = ["und"]                # between the sides: a range only after an `open` word that takes it
or = ["oder", "oder sogar", "wenn nicht"] # "millions or even billions of dollars"
between = ["zwischen"]       # the `open` words that take `and`
change = ["stieg*", "gestiegen", "wuchs"] # verbs and nouns of change: "rose from 5 to 7" is two figures
change_open = ["с", "со"]    # an `open` that always means a change: "с 5 до 7"
never_change = ["от"]        # an `open` that never means a change: "рост от 3 до 5 процентов"
change_to = ["auf"]          # a `to` that always means a change: "von 8 auf 10"
change_close = ["に上昇"]    # right behind the second side: a change ("290億ドルから860億ドルに上昇")
change_after = true          # the verb of `change` stands behind the second side (ja ko hi bn ur tr)
instead = ["statt"]          # two figures, the first takes its scale and currency from the second: "100 statt 50 Mio."
close = ["arası"]            # after the second side ("5 ila 7 milyar arası")

[links]
of = ["von", "an"]           # between a scale word and the currency: "Milliarden von Dollar", "millions d'euros"

[multiples]
times = ["fach*", "mal"]     # after a number: "das 14-fache", "14 times", "3倍"
before_times = ["в"]         # small words that a free-standing `times` needs before the number: "в 14 раз"
before = ["multiplié par", "factor of"] # words that make the number behind them a multiple without more
occasions = ["mal", "krát"]  # `times` forms that, glued to a number word, need a comparison too (dreimal gewählt)
comparative = ["the", "as", "more"] # where listed, a free-standing `times` word needs one of them behind it
frequency = ["pro", "a week"] # after `times`: no multiple but a frequency: "three times a week"
2 = ["verdoppel*"]           # words that are a multiple by themselves
3 = ["verdreifach*"]
not_before = ["чемпион*"]    # after such a word: no multiple (a double champion)

[units]                      # UCUM code = words and abbreviations: GW = ["Gigawatt", "GW"], t = ["Tonne", "Tonnen"]

[not_figures]
durations = ["Jahr*", "Tag*", "-jährig*"] # after a number: years, days, years old, o'clock: no figure
after = ["Uhr", "Platz"]     # other words after a number that make it no figure (ordinals, "th", "nm")
labels = ["Seite", "Nr.", "Artikel", "§", "Version", "Phase"] # words before a number that make it an identifier
months = []                  # month names and abbreviations that CLDR lacks
time = ["im Jahr", "seit"]   # words before a year

[nouns]                      # for counts ("350.000 Grafikprozessoren"): the noun is the first word after the number
function = ["der", "die", "und", "hat"] # function words and verbs: right after a number they make it no count
adjectives = ["neue*", "weitere*"]      # skipped on the way to the noun
adjective_endings = ["ых", "ные"]       # endings of such words, where another word follows
of = true                    # after a million the noun needs `of`: "8 millones de coches"
capitals = true              # nouns are written with a capital: the first such word is the counted one
classifiers = ["个", "명"]    # written between number and noun; alone they are enough for a count
```
"""
