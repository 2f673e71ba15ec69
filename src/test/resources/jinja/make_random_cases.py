"""Renders random templates with Jinja2 as transformers sets it up, and writes random.json.

    python3 make_random_cases.py [SEED [COUNT]]        (needs jinja2 3.1)

Left out is what cannot be compared: addresses in printed objects, lone surrogates, long texts.
"""

import json
import random
import signal
import sys
import warnings

from make_cases import VARIABLES, render

LITERALS = [
    "1", "0", "-3", "2.5", '""', '"a"', '"ab c"', '"Ab,b"', "true", "false", "none", "[]", "{}",
    "[1, 2]", '["b", "a"]', '{"a": 1}', '(1, "x")', '"😀é"', "10", '"\\n x "', '","',
    '[[1, "a"], [2, "b"]]', '{"b": {"c": [1]}, "a": "z"}', "range(4)", "1e20", '"12"', '"-4.5"']
FILTERS = [
    "abs", "capitalize", "count", 'default("d")', "d(1, true)", "dictsort", "first", "float",
    "indent", "indent(2, true)", "int", "items | list", "join", 'join(",")', "last", "length", "list", "lower",
    'map("upper") | list', 'map(attribute="a") | list', "max", "min", "reject | list", "select | list",
    'select("string") | list', 'selectattr("role", "equalto", "user") | list',
    'rejectattr("a", "defined") | list', 'replace("a", "bb")', 'replace("", "-")', "reverse | list",
    "round", "round(1)", "string", "sort", "sort(reverse=true)", "sum", "title", "tojson",
    "tojson(indent=2)", "tojson(sort_keys=true)", "trim", 'trim("a ")', "truncate(3)",
    "unique | list", "upper", "wordcount", "batch(2) | list", "center(7)", 'groupby("role")']
TESTS = [
    "boolean", "callable", "defined", "divisibleby(2)", "even", "false", "float", "integer",
    "iterable", "lower", "mapping", "none", "number", "odd", "sequence", "string", "true",
    "undefined", "upper", 'in [1, "a", none]', "eq 1", 'ne "a"', "lt 2", "gt(1)", "sameas none"]
METHODS = [
    "upper()", "strip()", 'strip("a ")', "lstrip()", 'rstrip("c")', "split()", 'split(",")',
    'split("a", 1)', 'rsplit("b", 1)', 'startswith("a")', 'endswith(("c", "b"))', 'replace("a", "x")',
    "title()", "capitalize()", 'join(["x", "y"])', 'find("b")', 'rfind("b")', "items()", "keys()",
    'get("a")', 'get("zz", 3)', 'index("a")', "splitlines()", 'partition(",")', "zfill(5)",
    "isdigit()", "isupper()", "swapcase()", 'center(6, "*")', "role", "content", "b", "nope"]
OPERATORS = ["+", "-", "*", "/", "//", "%", "~", "==", "!=", "<", "<=", ">", ">=", "in", "not in", "and", "or"]
NAMES = [*VARIABLES, "missing"]
SPACES = ["", " ", "\n", "  ", "\n  ", "x", "\n\n", "\t", " y ", "\n z", "\r\n", "\u00a0", "x\n"]


class Generator:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.pick = self.random.choice

    def expression(self, depth):
        if depth <= 0 or self.random.random() < 0.12:
            return self.pick(NAMES) if self.random.random() < 0.5 else self.pick(LITERALS)
        sub = lambda: self.expression(depth - 1)
        kind = self.random.random()
        if kind < 0.2:
            return f"{sub()} {self.pick(OPERATORS)} {sub()}"
        if kind < 0.27:
            return f"({sub()})"
        if kind < 0.45:
            return f"{sub()} | {self.pick(FILTERS)}"
        if kind < 0.55:
            return f"{sub()} is {self.pick(['', 'not '])}{self.pick(TESTS)}"
        if kind < 0.7:
            return f"({sub()}).{self.pick(METHODS)}"
        if kind < 0.75:
            return f"({sub()})[{self.pick(['0', '-1', '5', 'none', chr(34) + 'a' + chr(34)])}]"
        if kind < 0.8:
            bounds = (self.pick(["", "", "1", "-1", "2", "-2", "10"]) for _ in range(self.pick([2, 3])))
            return f"{self.pick(NAMES)}[{':'.join(bounds)}]"
        if kind < 0.85:
            return f"{sub()} if {sub()} else {sub()}"
        if kind < 0.9:
            return f"[{sub()}, {sub()}]"
        if kind < 0.94:
            return f"not {sub()}"
        return f"({sub()}, {sub()})"

    def tag(self, inner, begin="{%", end="%}"):
        left = self.pick(["", "", "-", "+"])
        right = self.pick(["", "", "-", "+"] if end == "%}" and inner != "raw" else ["", "-"])
        return f"{begin}{left} {inner} {right}{end}"

    def block(self, begin, end, depth, otherwise=False):
        body = self.template(depth - 1)
        if otherwise and self.random.random() < 0.4:
            body += self.tag("else") + self.template(depth - 1)
        return self.tag(begin) + body + self.tag(end)

    def template(self, depth):
        return "".join(
            self.pick(SPACES) + self.part(depth) + self.pick(SPACES)
            for _ in range(self.random.randint(1, 3)))

    def part(self, depth):
        kind = self.random.random()
        if kind < 0.25 or depth <= 0:
            return self.tag(self.pick(["x", "i", "1", '"s"', "ns.v", "loop.index", "y"]), "{{", "}}")
        if kind < 0.4:
            condition = self.pick(["true", "false", "x", "i == 1", "loop.first"])
            return self.block("if " + condition, "endif", depth, otherwise=True)
        if kind < 0.55:
            head = self.pick(["[1, 2]", "[]", "range(3)", '"ab"']) + self.pick(["", " if i != 1", " if not ns.v"])
            return self.block("for i in " + head, "endfor", depth, otherwise=True)
        if kind < 0.65:
            return self.tag(f"set {self.pick(['x', 'i', 'y', 'ns.v'])} = {self.pick(['1', 'i', 'x', 'ns.v'])}")
        if kind < 0.72:
            return self.tag("c", "{#", "#}").replace("{#+", "{#").replace("+#}", "#}")
        if kind < 0.77:
            return self.tag("raw") + self.pick(SPACES) + "{{ z }}" + self.pick(SPACES) + self.tag("endraw")
        if kind < 0.82:
            return self.block("set " + self.pick(["x", "y"]), "endset", depth)
        if kind < 0.87:
            return self.block("macro m(i=1)", "endmacro", depth) + "{{ m(2) }}"
        if kind < 0.9:
            return self.block("filter upper", "endfilter", depth)
        if kind < 0.93:
            return self.block("with x = 5", "endwith", depth)
        if kind < 0.96:
            return self.block("generation", "endgeneration", depth)
        return self.tag(self.pick(["break", "continue"]))


def comparable(template, text):
    if text is None:
        return True
    return len(text) < 2000 and " at 0x" not in text.lower() and "<Macro" not in text


def main():
    warnings.simplefilter("ignore")
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 800
    signal.signal(signal.SIGALRM, lambda *_: (_ for _ in ()).throw(TimeoutError()))
    generator, cases, failures = Generator(seed), {}, 0
    while len(cases) < count:
        if len(cases) % 2:
            template = "{{ " + generator.expression(generator.random.randint(1, 4)) + " }}"
        else:
            template = "{% set ns = namespace(v=0) %}" + generator.template(2)
        signal.setitimer(signal.ITIMER_REAL, 2)
        text = render(template)
        signal.setitimer(signal.ITIMER_REAL, 0)
        if len(template) < 400 and comparable(template, text):
            # Most random expressions raise: keep some of them only.
            if text is None and failures > len(cases) // 4:
                continue
            failures += text is None
            cases[template] = text
    with open("random.json", "w", encoding="utf-8") as out:
        out.write('{"variables": ' + json.dumps(VARIABLES, ensure_ascii=False, indent=1) + ',\n"cases": [\n')
        out.write(",\n".join(json.dumps(case, ensure_ascii=False) for case in cases.items()))
        out.write("\n]}\n")


if __name__ == "__main__":
    main()
