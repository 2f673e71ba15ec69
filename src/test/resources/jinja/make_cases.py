"""Renders templates with Jinja2 as Hugging Face transformers sets it up, and writes cases.json.

    python3 make_cases.py        (needs jinja2 3.1)

Each case is [template, expected text] or [template, null] where Jinja2 or Python raises.
"""

import json
from datetime import datetime

import jinja2
from jinja2 import nodes
from jinja2.ext import Extension, loopcontrols
from jinja2.sandbox import ImmutableSandboxedEnvironment

NOW = datetime(2026, 1, 2, 3, 4, 5)

VARIABLES = {
    "text": "Hello, wörld! 😀",
    "quoted": "it's \"x\"\n\t\\ \x07 é \u200b",
    "number": 42,
    "pi": 3.14159,
    "big": 12345678901234567890,
    "yes": True,
    "none_value": None,
    "empty": "",
    "letters": ["b", "a", "C", "a"],
    "numbers": [3, 1, 2],
    "nested": [[1, 2], [3, [4, 5]]],
    "mixed": [1, "a", None, True, 2.5, [], {}],
    "dict": {"b": 1, "A": 2, "items": "shadow", "keys2": [1], "nested": {"x": {"y": "z"}}},
    "messages": [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "{{ 1 + 1 }} {% raw %}"},
        {"role": "assistant", "content": None, "tool_calls": [
            {"function": {"name": "f", "arguments": {"x": 1, "y": "é<&>'"}}}]},
        {"role": "tool", "content": [{"type": "text", "text": "<b>ok</b>"}]},
    ],
}


class Generation(Extension):
    """The generation block of transformers, which renders as its body does."""

    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return nodes.CallBlock(self.call_method("_body"), [], [], body).set_lineno(line)

    @staticmethod
    def _body(caller):
        return caller()


def environment():
    def raise_exception(message):
        raise jinja2.exceptions.TemplateError(message)

    def tojson(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
        return json.dumps(x, ensure_ascii=ensure_ascii, indent=indent, separators=separators,
                          sort_keys=sort_keys)

    env = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[Generation, loopcontrols])
    env.filters["tojson"] = tojson
    env.globals["raise_exception"] = raise_exception
    env.globals["strftime_now"] = NOW.strftime
    return env


def render(template, env=environment()):
    try:
        return env.from_string(template).render(**json.loads(json.dumps(VARIABLES)))
    except Exception:
        return None


EXPRESSIONS = r"""
1 + 2 * 3 - 4
(1 + 2) * 3
7 // 2, -7 // 2, 7 // -2, -7 % 3, 7 % -3, 7 / 2, 6 / 2
7.5 // 2, -7.5 // 2, 7.5 % -2, -7.5 % 2
2 ** 10, 2 ** -1, (-2) ** 3, -2 ** 2, 2 ** 3 ** 2
1 / 0
1.0, 1e3, 1.5e-7, 1e16, 1e15, 123456789.123, 0.1 + 0.2, 1e22, 1e-4, 1e-5
1_000, 0x1F, 0b101, 0o17, 1_0.5
10 ** 30
big, big + 1, big * big, -big
true + true, true * 3, -true, +true
1 == 1.0, true == 1, "1" == 1, none == none, [1] == [1.0], {"a": 1} == {"a": 1.0}
1 < 2 < 3, 1 < 3 < 2, 3 > 2 >= 2, 1 != 2 == 2
"a" < "b", "Z" < "a", "é" > "z", "😀" > "\uffff", [1, 2] < [1, 3], (1,) < (1, 0)
1 < "a"
none < 1
"a" in "abc", "d" not in "abc", 1 in [1, 2], "b" in dict, "zz" in dict, 2 in (1, 2), "" in "abc"
1 in "abc"
1 in none
missing in [1], missing in missing
not 1, not "", not [], not {}, not none, not 0.0, not missing
1 and 2, 0 and 2, 1 or 2, "" or "x", none or false, missing or "d"
not 1 == 2
not true or true
"yes" if yes else "no", "yes" if not yes else "no"
("x" if false)
"a" if false else "b" if false else "c"
1 ~ 2 ~ "x" ~ none ~ true ~ missing
"a" + "b"
"a" + 1
"a" + none
"a" + missing
"a" * 3, 3 * "a", "a" * -1, [1] * 2, 2 * [1, 2], (1,) * 2
"a" * 1.5
[1] + [2], (1,) + (2,)
[1] + (2,)
"%s is %d and %5.2f|%-5s|%05d|%x" % ("a", 3, 2.345, "b", 42, 255)
"%s" % 1, "%s%%" % "x", "%r" % "a'b", "%+d" % 5
"%s" % (1, 2)
"%(a)s" % {"a": 1}
"{} {} {0}".format(1, 2)
"{} {}".format(1, 2), "{1}{0}".format("a", "b"), "{x}".format(x=3), "{{}}".format(), "{!r}".format("a")
"{:>5}|{:<5}|{:^5}|{:05d}|{:.2f}|{:,}|{:x}|{:+}".format("a", "b", "ab", 42, 3.14159, 1234567, 255, 5)
text, text | length, text[0], text[-1], text[-2], text[7:12], text[::-1], text[-1:]
"😀é"[0], "😀é"[1], "a😀b"[1:], "a😀b"[::2], "a😀b" | length, "a😀b" | reverse, "a😀b" | list
text[100], text[100:], text["x"]
"abc"[1:2], "abc"[:-1], "abc"[-2:], "abc"[2:1], "abc"[::-2], "abc"[5:], "abc"[-100:100]
"abc"[::0]
text["a":]
numbers[0], numbers[-1], numbers[5], numbers[1:], numbers[::-1], numbers[:-1], numbers[-5:2]
numbers["a"], numbers.foo, numbers[1.5], numbers[true]
numbers.0, nested.1.1.0
none_value[0:1]
dict["a":]
dict.b, dict["b"], dict.missing, dict["missing"], dict.nested.x.y, dict["nested"]["x"]
dict.items() | list, dict["items"], dict | items | list, dict.keys() | list, dict.values() | list
dict.get("b"), dict.get("zz"), dict.get("zz", 5), dict.items() | length
{"a": 1}["items"] is defined, {"a": 1}["items"] is mapping, {"a": 1}.keys(), "x".upper is callable
dict.update
dict.update({})
dict.pop is defined
numbers.append is defined
numbers.append(1)
dict.missing.x
missing.x
missing["x"]
missing()
none_value.x, none_value.x is defined
none_value.x.y
number.real is defined or true
"x"()
[1, 2, 3], (1, 2), (1,), (), [], {}, {"a": [1, {"b": none}]}, {1: 2, none: true}
mixed, nested, dict
quoted, [quoted], [text]
[missing], [1.0, 1e20, -0.0], "\x41\u00e9\U0001F600\101\n\q\'"
'\N{GREEK SMALL LETTER ALPHA}', "a" "b" 'c', "\\n"
"\é"
{"a": 1, "a": 2}, {1: "int", 1.0: "float", true: "bool"}
{[1]: 2}
range(3), range(3) | list, range(1, 10, 3) | list, range(5, 0, -2) | list, range(0) | list
range(5)[1], range(5)[-1], range(5)[1:3], range(5) | length, 3 in range(5)
range(1000000)
range(1, 2, 0)
text.upper(), text.lower(), text.title(), text.capitalize(), text.swapcase()
"straße".upper(), "ΑΣ".lower(), "ǆ".title(), "they're bill's".title(), "they're bill-x (y)" | title
"  a b  ".strip(), "  a ".lstrip() ~ "|", "  a ".rstrip() ~ "|", "xxaxyx".strip("xy"), "xxa".lstrip("x"), "axx".rstrip("x")
"\u00a0\u2003a\u200b ".strip() | tojson, "\x1ca\x1f".strip()
"a,b,,c".split(","), "a b  c ".split(), "a,b,c".split(",", 1), "a b c".split(none, 1), "".split(","), "".split()
"a,b,c".rsplit(",", 1), "a b c".rsplit(none, 1), "a".split("b"), "a,b".split(sep=",")
"a".split("")
"a\nb\r\nc\n".splitlines(), "a\nb".splitlines(true), "a=b=c".partition("="), "a=b=c".rpartition("="), "abc".partition("x")
"abc".startswith("a"), "abc".startswith(("x", "ab")), "abc".endswith("c"), "abc".endswith(("x",)), "abc".startswith("b", 1), "".startswith("")
"abc".startswith(["a"])
"aXbXc".replace("X", "-"), "aXbXc".replace("X", "-", 1), "abc".replace("", "-"), "aaa".replace("aa", "b"), "😀b".replace("", "-")
", ".join(["a", "b"]), "".join([]), "-".join("abc"), ",".join({"a": 1, "b": 2})
",".join([1])
"hello".find("l"), "hello".find("z"), "hello".rfind("l"), "hello".count("l"), "hello".index("e"), "a😀b".find("b"), "hello".find("l", 3)
"hello".index("z")
"abc".count(""), "5".zfill(3), "-5".zfill(4), "a".center(5), "ab".center(5), "a".ljust(3) ~ "|", "a".rjust(3, "*")
"abc".isalpha(), "a1".isalnum(), "12".isdigit(), " ".isspace(), "ABC".isupper(), "abc".islower(), "".isalpha(), "A1".isupper(), "12".isupper()
"foobar".removeprefix("foo"), "foobar".removesuffix("bar"), "x".removeprefix("y")
"abc".nope
"abc".nope()
[1, 2, 1].count(1), [1, 2].index(2)
"  x ".strip() | upper | lower | trim
"  a b " | trim, "xax" | trim("x"), none | trim, 5 | trim, [1] | trim, missing | trim
text | upper, text | lower, text | capitalize, "foo bar-baz" | title, none | upper, 5 | upper
letters | join, letters | join(", "), numbers | join("-"), "abc" | join("."), none_value | default([]) | join
none_value | join
messages | map(attribute="role") | join(","), messages | join(",", attribute="role")
numbers | first, numbers | last, [] | first, "abc" | first, "abc" | last, dict | first, dict | last
letters | length, dict | count, missing | length, "" | length
none_value | length
5 | length
missing | default("d"), none_value | default("d"), none_value | default("d", true), "" | d("x", boolean=true), 0 | default(1), missing | default
letters | sort, letters | sort(reverse=true), letters | sort(case_sensitive=true), numbers | sort, letters | unique | list, letters | unique(true) | list
[1, "a"] | sort
[{"n": 2, "m": 1}, {"n": 1, "m": 2}, {"n": 1, "m": 1}] | sort(attribute="n") | map(attribute="m") | list
[{"n": 2, "m": 1}, {"n": 1, "m": 2}, {"n": 1, "m": 1}] | sort(attribute="n,m") | map(attribute="m") | list
dict | dictsort
{"b": 1, "A": 3, "c": 2} | dictsort, {"b": 1, "A": 3, "c": 2} | dictsort(true), {"b": 1, "A": 3, "c": 2} | dictsort(by="value"), {"b": 1, "A": 3} | dictsort(reverse=true)
numbers | max, numbers | min, [] | max, letters | max, letters | min(case_sensitive=true), messages | max(attribute="role")
numbers | sum, [1.5, 2] | sum, [] | sum, [{"n": 1}, {"n": 2}] | sum(attribute="n"), [1] | sum(start=10)
["a"] | sum
numbers | reverse | list, "abc" | reverse, dict | list, "abc" | list, range(3) | list
5 | list
messages | selectattr("role", "equalto", "user") | list | length, messages | selectattr("tool_calls") | list | length
messages | selectattr("tool_calls", "defined") | list | length, messages | rejectattr("role", "in", ["user", "tool"]) | map(attribute="role") | list
numbers | select("odd") | list, numbers | reject("odd") | list, mixed | select | list, mixed | reject("none") | list, numbers | select(">", 1) | list, numbers | select("divisibleby", 3) | list
none_value | select | list, none_value | map("upper") | list, missing | map(attribute="x") | list
letters | map("upper") | list, numbers | map("string") | list, letters | map("replace", "a", "z") | join, messages | map(attribute="nope", default="-") | join
nested | map(attribute=0) | list, nested | map("last") | list, messages | map(attribute="tool_calls.0.function.name", default="x") | list
numbers | map("nope") | list
numbers | nope
numbers is nope
"42" | int, "4.7" | int, "x" | int, "x" | int(7), 4.9 | int, -4.9 | int, true | int, "0x1f" | int(0, 16), " 12 " | int, none_value | int, "1_000" | int, "ff" | int(base=16)
missing | int
"4.5" | float, "x" | float, "x" | float(1.5), 3 | float, " 1e3 " | float, "inf" | float, "nan" | float, none_value | float
2.5 | round, 3.5 | round, 2.567 | round(2), 2.567 | round(1, "floor"), 2.511 | round(1, "ceil"), 5 | round, 5 | round(0, "ceil"), 15 | round(-1), 25 | round(-1), -2.5 | round, 0.4 | round
-5 | abs, -2.5 | abs, (-5) | abs, true | abs
1 | string, none | string, true | string ~ "", 1.5 | string | length, [1] | string
"a\nb\n\nc" | indent, "a\nb" | indent(2, true), "a\n\nb" | indent(2, blank=true), "a\nb\n" | indent("> "), "" | indent
"<a href='x'>&\"" | escape, "<" | e, "<" | safe
"hello world foo bar" | truncate(12), "hello world" | truncate(5, true), "hello" | truncate(10), "hello world foo" | truncate(10, end="…", leeway=0)
"a b-c d's" | wordcount, "x" | center(5) ~ "|"
numbers | batch(2) | list, numbers | batch(2, 0) | list
"%s-%s" | format(1, "b"), "%(a)s" | format(a=1)
[{"k": "b", "v": 1}, {"k": "a", "v": 2}, {"k": "b", "v": 3}] | groupby("k") | map("last") | list
dict | attr("b") is defined, "x" | attr("upper") is defined
dict | tojson, messages | tojson, mixed | tojson, quoted | tojson, text | tojson, big | tojson, 1.0 | tojson, none | tojson
dict | tojson(indent=2)
messages | tojson(indent=4)
{"b": [], "a": {}} | tojson(indent=2), [] | tojson(indent=2), {"b": 1, "a": 2} | tojson(sort_keys=true), [1, [2]] | tojson(separators=(",", ":")), [1, 2] | tojson(indent=0), [1] | tojson(indent="\t")
text | tojson(ensure_ascii=true), "\x7f\x1f/</script>" | tojson, "\x7f" | tojson(true)
{1: 2, none: 3, true: 4, 1.5: 5} | tojson, (1, 2) | tojson, range(2) | list | tojson
missing | tojson
range(2) | tojson
{(1, 2): 3} | tojson
dict.items() | tojson
(1e400) | tojson, 1e400, -1e400
text is string, number is number, number is integer, pi is float, pi is integer, yes is boolean, yes is integer, yes is number, none_value is none, dict is mapping, numbers is sequence, numbers is iterable, text is iterable, text is sequence, dict is sequence, dict is iterable, number is iterable
missing is defined, missing is undefined, text is defined, missing is iterable, missing is sequence, missing is string, missing is mapping, missing is none
dict.items() is sequence, dict.items() is iterable, dict.items() is mapping, range(2) is sequence, (1,) is sequence, namespace() is iterable, namespace is callable
yes is true, yes is false, 1 is true, "" is false, none is not none, number is not string
1 is odd, 2 is even, 6 is divisibleby 3, 6 is divisibleby(4), -1 is odd, 2.5 is odd, 2.5 is even
1 is eq 1, 1 is equalto 2, 1 is ne 2, 1 is lt 2, 2 is gt 1, 1 is le 1, 1 is ge 2, 1 is greaterthan 0, 1 is lessthan 0, 1 is == 1
1 is in [1, 2], "a" is in "abc", 3 is not in [1]
1 is sameas 1, none is sameas none, "abc" is lower, "ABC" is upper, "aB" is lower
1 is odd is odd
text is string and number is number, text is string or false, "x" if text is string else "y"
not text is string, not missing is defined
missing == missing, missing == none, missing != 1, missing == ""
missing + 1
missing < 1
-missing
missing | upper, missing | list, missing | first is defined, missing | join, missing | string, missing | items | list
none_value | items | list
5 | items | list
strftime_now("%Y-%m-%d %d %b %Y %B %A %a %H:%M:%S %I %p %j %y %%"), strftime_now("%-d/%-m %e %U %W %V %u %w")
raise_exception("no")
dict(a=1, b=2), dict([("x", 1)]), namespace(a=1).a, namespace({"q": 2}).q, namespace(a=1).b is defined
joiner is callable
lipsum is nothing
yes.foo, true.bar is defined
messages[0].role, messages[0]["role"], messages[-1].content[0].text, messages | length - 1, (messages | length) - 1
messages[1].content
"a" | upper ~ "b", -1 | abs, 2 ** 2 | string | length, [1, 2] | first + 5
foo.bar if foo is defined else "none", messages[10].role is defined
messages[10].role
[1, 2, 3][1:][0], "abc".upper()[0].lower(), {"f": {"g": [1]}}.f.g[0], [[1, 2], [3]][0][1]
(1, 2)[0], (1, 2) + (3,)
"a" is string == true, 5 in numbers or 3 in numbers, 3 not in numbers, not 3 in numbers
1 + 1 ~ 2 * 2, 1 ~ 2 + 3, "a" ~ "b" == "ab"
- - 1, -+1, not not 1, 5 - -3
[1, 2,], {"a": 1,}, (1, 2,), "x".replace("x", "y",)
"abc"[1], "abc".1, {0: "z"}.0, {0: "z"}[0], {"0": "z"}.0
numbers | first(1)
"x".upper(1)
"x" | upper(1)
range(*[1, 4]) | list, dict(**{"a": 1}), "{a}".format(**{"a": 2})
1 if true, (2 if false) is defined
""".strip("\n")

TEMPLATES = [
    # whitespace control
    "a\n{% if true %}\nb\n{% endif %}\nc\n",
    "a\n  {% if true %}  \n  b\n  {% endif %}\nc\n\n",
    "a\n  {%- if true -%}  \n  b\n  {%- endif -%}\nc\n",
    "a\n  {%+ if true %}\n  b\n  {%+ endif +%}\nc\n",
    "{% if true +%}\nb{% endif %}",
    "  {{ 1 }}  \n  {{- 2 -}}  \n 3 {{ 4 }}\n",
    "{{ 1 }}\n{{ 2 }}\n",
    "x {# c #} y\n  {# c #}\nz{#- c -#}  \n w {#+ c +#}\nv",
    "{#- a #}\n{# b -#}\n  c",
    "a {# b\n c #}\nd",
    "{##}{#-#}{#--#}x{#+#}\ny",
    "  {% set x = 1 %}  {% set y = 2 %}\n{{ x }}",
    "a  {% set x = 1 %}\n{{ x }}",
    "\t{% set x = 1 %}\n\t{{ x }}\n",
    "{% set x = 1 %}\n\n{{ x }}",
    "\u00a0{% set x = 1 %}y",
    "a\r\nb\rc{% if true %}\r\nd{% endif %}\r\n",
    "{% if true %}\n{% if true %}\n  x\n{% endif %}\n{% endif %}\n",
    "{% for x in [1, 2] %}\n  {{ x }}\n{% endfor %}\nend",
    "{%- for x in [1, 2] -%}\n  {{ x }}\n{%- endfor -%}\nend",
    "{% for x in [1, 2] %} {{- x -}} {% endfor %}|",
    "  {% raw %}  {{ x }} {% endraw %}  y",
    "a\n  {% raw %}\n {{ x }}\n  {% endraw %}\ny",
    "a {%- raw -%}  {{ x }}  {%- endraw -%}  y",
    "{% raw %}{% if %}{# #}{% endraw %}",
    "{%raw%}a{%endraw%}\nb",
    "{% raw %}x",
    "{# x",
    "{{ '}}' }}{{ '%}' }}{% if '%}' %}y{% endif %}",
    "{{ {'a': {'b': 1}} }}{{ {'a': {}}}}",
    "{ { x } } {a} { %x% } } }} %} #}",
    "{",
    "{{-1}} {{ -1 }} a {{- 1 -}} b",
    "\n\n  x",
    "x\n\n",
    "",
    "\n",
    "{{ 'a\nb' }}\n",
    "a{% if true %}\n\n{% endif %}b",
    "{%if true%}x{%endif%}y{%  if  true  %}z{%  endif  %}",
    "{% if true %}\n\n   {%- endif %}b",
    "  {% if true -%}   x   {%- endif %}  y",
    "{{ 1 }}  {% if true %}\n  z\n  {% endif %} w",
    "<s>\n    {%- if true %}\n        {{- 'x' }}\n    {%- endif %}\n</s>",
    "a\f{% set x=1 %}b\n\f{% set x=1 %}c",
    # if
    "{% if 0 %}a{% elif '' %}b{% elif [0] %}c{% else %}d{% endif %}",
    "{% if 0 %}a{% else %}d{% endif %}",
    "{% if 1, 0 %}a{% endif %}",
    "{% if true: %}a{% endif %}",
    "{% if false %}{{ 1 | nope }}{% endif %}ok",
    "{% if false %}{{ 1 is nope }}{% endif %}ok",
    # for and loop
    "{% for x in letters %}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }}"
    "{{ loop.first }}{{ loop.last }}{{ loop.length }}{{ loop.depth }}{{ x }};{% endfor %}",
    "{% for x in letters %}{{ loop.previtem }}<{{ x }}>{{ loop.nextitem }};{% endfor %}",
    "{% for x in letters %}{{ loop.previtem is defined }}{{ loop.nextitem is defined }}{% endfor %}",
    "{% for x in letters %}{{ loop.cycle('o', 'e') }}{{ loop.changed(x) }}{% endfor %}",
    "{% for x in [1, 1, 2] %}{{ loop.changed(x) }}{% endfor %}",
    "{% for x in [] %}a{% else %}empty{% endfor %}",
    "{% for x in missing %}a{% else %}empty{% endfor %}",
    "{% for x in none_value %}a{% endfor %}",
    "{% for x in 5 %}a{% endfor %}",
    "{% for x in numbers if x > 1 %}{{ loop.index }}/{{ loop.length }}:{{ x }} {% endfor %}",
    "{% for x in numbers if x > 10 %}a{% else %}none{% endfor %}",
    "{% for k, v in dict.items() %}{{ k }}={{ v }};{% endfor %}",
    "{% for k, v in dict | items %}{{ k }}={{ v }}{{ ',' if not loop.last }}{% endfor %}",
    "{% for k in dict %}{{ k }};{% endfor %}",
    "{% for c in 'a😀b' %}{{ c }};{% endfor %}",
    "{% for a, (b, c) in [(1, (2, 3))] %}{{ a }}{{ b }}{{ c }}{% endfor %}",
    "{% for a, b in [[1, 2, 3]] %}{{ a }}{% endfor %}",
    "{% for a, b in [[1]] %}{{ a }}{% endfor %}",
    "{% for a, b in ['xy'] %}{{ a }}{{ b }}{% endfor %}",
    "{% for x in 1, 2, 3 %}{{ x }}{% endfor %}",
    "{% for x in range(3) %}{% for y in range(2) %}{{ x }}{{ y }}{{ loop.index }} {% endfor %}"
    "{{ loop.index }};{% endfor %}",
    "{% for x in range(10) %}{% if x == 3 %}{% continue %}{% endif %}{% if x == 6 %}{% break %}"
    "{% endif %}{{ x }}{% endfor %}",
    "{% for x in range(3) %}{% for y in range(3) %}{% if y == 1 %}{% break %}{% endif %}{{ x }}"
    "{{ y }} {% endfor %}{% endfor %}",
    "{% for x in [1] %}{% break %}{% else %}e{% endfor %}",
    "{% for x in [1] %}{% continue %}{% else %}e{% endfor %}",
    "{% for x in [1, 2] %}{% if x == 2 %}{% break %}{% endif %}{% else %}e{% endfor %}",
    "{% break %}",
    "{% for x in [1] %}{% macro m() %}{% break %}{% endmacro %}{% endfor %}",
    "{% for x in [1, [2, [3]]] recursive %}{% if x is iterable %}({{ loop(x) }}){% else %}{{ x }}@"
    "{{ loop.depth }}{% endif %}{% endfor %}",
    "{% for x in [1] %}{{ loop(x) }}{% endfor %}",
    "{% for x in numbers %}{{ x }}{% endfor %}{{ x }}",
    "{% set x = 9 %}{% for x in numbers %}{{ x }}{% endfor %}{{ x }}",
    "{% for x in numbers %}{% endfor %}{{ loop }}",
    "{% set ns = namespace(on=false) %}{% for x in numbers if not ns.on %}{{ x }}"
    "{% set ns.on = true %}{% endfor %}",
    "{% set ns = namespace(on=false) %}{% for x in numbers if not ns.on %}{{ x }}{{ loop.last }}"
    "{% set ns.on = true %}{% endfor %}",
    "{% for m in messages[::-1] %}{{ m.role }}{{ messages[loop.index0 - 1].role }};{% endfor %}",
    "{% for x in numbers | map('string') %}{{ x }}{{ loop.last }}{% endfor %}",
    "{% for x in letters | reverse %}{{ x }}{% endfor %}",
    "{% for x in x %}{{ x }}{% endfor %}",
    "{% for loopy in [1] %}{{ loop.index }}{% for q in [] %}{% else %}{{ loop.index }}{% endfor %}"
    "{% endfor %}",
    "{% for x in [1, 2] %}{{ loop.nope }}{{ loop['index'] }}{% endfor %}",
    # set and scopes
    "{% set x = 1 %}{% if true %}{% set x = 2 %}{% endif %}{{ x }}",
    "{% set x = 1 %}{% for i in [1] %}{% set x = 2 %}{{ x }}{% endfor %}{{ x }}",
    "{% set x = 0 %}{% for i in [1, 2] %}{{ x }}{% set x = i %}{{ x }}{% endfor %}{{ x }}",
    "{% for i in [1, 2] %}{{ x }}{% set x = i %}{{ x }};{% endfor %}{{ x }}",
    "{% set a, b = 1, 2 %}{{ a }}{{ b }}",
    "{% set (a, b) = [1, 2] %}{{ a }}{{ b }}",
    "{% set a = 1, 2 %}{{ a }}",
    "{% set a, b = 1 %}",
    "{% set x %}a {{ 1 }} b{% endset %}[{{ x }}]",
    "{% set x | upper | trim %} abc {% endset %}[{{ x }}]",
    "{% set x %}{% set y = 2 %}{{ y }}{% endset %}{{ x }}{{ y }}",
    "{% set ns = namespace(a=1) %}{% for i in [1, 2] %}{% set ns.a = ns.a + i %}{% endfor %}{{ ns.a }}",
    "{% set ns = namespace() %}{% set ns.x = 1 %}{% set ns.y %}b{% endset %}{{ ns.x }}{{ ns.y }}{{ ns.z }}",
    "{% set d = {} %}{% set d.x = 1 %}",
    "{% set nope.x = 1 %}",
    "{% set ns = namespace(a=1, b=2) %}{% set ns.a, ns.b = ns.b, ns.a %}{{ ns.a }}{{ ns.b }}",
    "{% set true = 1 %}",
    "{% set x.y.z = 1 %}",
    "{% set text = 'new' %}{{ text }}",
    "{% with a = 1, b = 2 %}{{ a }}{{ b }}{% set c = 3 %}{% endwith %}{{ a }}{{ c }}",
    "{% set a = 5 %}{% with a = 1, b = a %}{{ a }}{{ b }}{% endwith %}{{ a }}",
    "{% with %}{% set z = 1 %}{{ z }}{% endwith %}{{ z }}",
    "{% set range = 5 %}{{ range }}",
    "{% generation %}a{% set q = 1 %}{{ q }}{% endgeneration %}\n{{ q }}b",
    "{% for m in messages %}{%- generation %}{{ m.role }}{% endgeneration %}\n{% endfor %}",
    # macros
    "{% macro m(a, b=2) %}{{ a }}-{{ b }}{% endmacro %}{{ m(1) }} {{ m(1, 3) }} {{ m(b=1, a=2) }} {{ m() }}",
    "{% macro m(a, b=a) %}{{ a }}{{ b }}{% endmacro %}{{ m(1) }}",
    "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(1, 2) }}",
    "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(c=2) }}",
    "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(1, a=2) }}",
    "{% macro m() %}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(1, 2, x=3) }}",
    "{% macro m(a) %}{{ varargs }}{% endmacro %}{{ m(1, 2, 3) }}",
    "{% macro m(a=1, b) %}{% endmacro %}",
    "{% macro m(n) %}{{ n }}{% if n > 0 %}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(3) }}",
    "{% macro m() %}  x  {% endmacro %}[{{ m() | trim }}]{{ m() | length }}",
    "{% macro m() %}{% set q = 1 %}{{ q }}{% endmacro %}{{ m() }}{{ q }}",
    "{% set g = 1 %}{% macro m() %}{{ g }}{% endmacro %}{% set g = 2 %}{{ m() }}",
    "{% macro m() %}{{ g }}{% endmacro %}{% set g = 2 %}{{ m() }}",
    "{% macro m() %}{{ late() }}{% endmacro %}{% macro late() %}L{% endmacro %}{{ m() }}",
    "{% for i in [1, 2] %}{% macro m() %}{{ i }}{% endmacro %}{{ m() }}{% endfor %}",
    "{% macro m() %}{{ i }}{% endmacro %}{% for i in [1] %}{{ m() }}{% endfor %}",
    "{% macro m(x) %}{{ caller() }}|{{ x }}{% endmacro %}{% call m(1) %}body{% endcall %}",
    "{% macro m() %}{{ caller(1, 2) }}{% endmacro %}{% call(a, b) m() %}{{ a }}{{ b }}{% endcall %}",
    "{% macro m() %}{{ caller() }}{% endmacro %}{{ m() }}",
    "{% macro m() %}x{% endmacro %}{% call m() %}body{% endcall %}",
    "{% macro m() %}{{ caller is defined }}{% endmacro %}{{ m() }}",
    "{% macro m(x) %}\n  {{ x }}\n{% endmacro %}\n[{{ m(1) }}]\n",
    "{%- macro m(x) -%}\n  {{ x }}\n{%- endmacro -%}\n[{{ m(1) }}]\n",
    "{% macro m(x) %}{{ x }}{% endmacro %}{{ [m(1), m('a')] }}{{ m is callable }}{{ m(1) is string }}",
    "{% macro m(x='d') %}{{ x }}{% endmacro %}{{ m(none) }}{{ m(missing) }}",
    "{% macro m(x) %}{% for i in range(x) %}{{ i }}{{ m(i) }}{% endfor %}{% endmacro %}{{ m(3) }}",
    "{% if true %}{% macro m() %}x{% endmacro %}{% endif %}{{ m() }}",
    "{% filter upper %}a{{ 'b' }}{% endfilter %}",
    "{% filter replace('a', 'b') | upper %}aca{% endfilter %}",
    "{% filter upper %}{% set z = 1 %}{% endfilter %}{{ z }}",
    "{% print 1 + 1 %}",
    # errors
    "{{ 1 +",
    "{{ (1 }}",
    "{{ 1) }}",
    "{{ [1} }}",
    "{% if %}x{% endif %}",
    "{% if true %}x",
    "{% for x in y %}",
    "{% endif %}",
    "{% nope %}",
    "{{ 'abc }}",
    "{{ a b }}",
    "{{ a..b }}",
    "{{ ? }}",
    "{{ 1 if }}",
    "{{ x | }}",
    "{{ f(a=1, 2) }}",
    "{{ f(a=1, a=2) }}",
    "{{ f(**a, **b) }}",
    "{% set 1 = 2 %}",
    "{% set x %}a",
    "{% if true %}a{% else %}b{% else %}c{% endif %}",
    "{% for x in [1] %}a{% endif %}",
    "{{ }}",
    "{% %}",
    "{{ a = 1 }}",
    "{% do x %}",
    "{{ '\\x4' }}",
    "{% macro %}{% endmacro %}",
    "{{ {'a' 1} }}",
    "{{ [1 2] }}",
    "{% if true %}{% raise_exception('x') %}{% endif %}",
    # the demo models' template
    "{{ bos_token }}{% for message in messages %}{% if message['role'] == 'system' %}"
    "{{ message['content'] }}\n\n{% elif message['role'] == 'user' %}\"{{ message['content'] }}\""
    " said the visitor.\n\n{% else %}\"{{ message['content'] }}\"\n\n{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}\"{% endif %}",
    # as chat templates do it
    "{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\\n' }}"
    "{% if m.content is string %}{{ m.content }}{% elif m.content %}"
    "{% for p in m.content %}{{ p.text }}{% endfor %}{% endif %}{{ '<|im_end|>' + '\\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}",
    "{%- if messages[0].role == 'system' %}\n    {%- set system = messages[0].content | trim %}\n"
    "    {%- set messages = messages[1:] %}\n{%- else %}\n    {%- set system = '' %}\n{%- endif %}\n"
    "{{- system }}\n{%- for m in messages %}\n    {{- '[' ~ m.role ~ ']' }}\n    {%- if m.tool_calls %}\n"
    "        {%- for call in m.tool_calls %}\n            {{- call.function | tojson }}\n"
    "            {%- if not loop.last %}{{ ',' }}{% endif %}\n        {%- endfor %}\n    {%- endif %}\n{%- endfor %}\n",
    "{%- set ns = namespace(last=-1) %}\n{%- for m in messages %}\n  {%- if m.role == 'user' %}\n"
    "    {%- set ns.last = loop.index0 %}\n  {%- endif %}\n{%- endfor %}\n{{- ns.last }}",
    "{% for m in messages %}{% if (m['role'] == 'user') != (loop.index0 % 2 == 0) %}"
    "{{ raise_exception('roles must alternate') }}{% endif %}{% endfor %}",
    "{% if not tools is defined %}{% set tools = none %}{% endif %}{{ tools is none }}",
    "{{ '<think>a</think>b'.split('</think>')[-1].lstrip('\\n') }}",
]


def split(line):
    """The expressions of a line: what top-level commas separate."""
    parts, depth, quote, part = [], 0, None, ""
    for i, c in enumerate(line):
        if quote:
            quote = None if c == quote and line[i - 1] != "\\" else quote
        elif c in "'\"":
            quote = c
        elif c in "([{":
            depth += 1
        elif c in ")]}":
            depth -= 1
        elif c == "," and depth == 0:
            parts.append(part.strip())
            part = ""
            continue
        part += c
    return [*parts, part.strip()]


def main():
    templates = list(TEMPLATES)
    for line in EXPRESSIONS.split("\n"):
        templates += ["{{ " + part + " }}" for part in split(line)]
    templates.append("{{ 1, 'a' }}{{ (1,) }}{{ 'line\nbreak' }}{{ 1, }}")
    cases = [[template, render(template)] for template in dict.fromkeys(templates)]
    with open("cases.json", "w", encoding="utf-8") as out:
        out.write('{"variables": ' + json.dumps(VARIABLES, ensure_ascii=False, indent=1)
                  + ',\n"cases": [\n')
        out.write(",\n".join(json.dumps(case, ensure_ascii=False) for case in cases))
        out.write("\n]}\n")


if __name__ == "__main__":
    main()
