"""From the text of a formula to a program in postfix order; nothing of Python's own is evaluated."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping

import numpy as np

from relu_anim.expressions.rules import OPERATORS, Apply, Function, Program, Step
from relu_anim.plurals import plural
from relu_anim.spelling import closest

LONGEST_TEXT = 1000
DEEPEST_NESTING = 50
CONSTANTS = {"pi": math.pi, "e": math.e}


class FormulaError(ValueError):
    """What is wrong with a formula, and where: `column` counts characters of the text as given, from 1."""

    def __init__(self, message: str, column: int) -> None:
        super().__init__(message, column)
        self.message, self.column = message, column

    def __str__(self) -> str:
        return f"{self.message} (column {self.column})"


TOKEN = re.compile(
    r"(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?P<name>[A-Za-z_]\w*)|(?P<symbol>\*\*|//|[-+*/(),])", re.ASCII
)
SPACE = re.compile(r"\s*", re.ASCII)
COMPARISON = "a comparison has no value here; step(x) is 1 where x > 0 and 0 elsewhere, max(x, 0) cuts off below 0"
STRAY_COMMA = "a comma only separates the arguments of a function; decimals are written 0.5"
REFUSED_SIGNS = {
    "//": "for whole-number division write floor(x/2)",
    "^": "use ** for powers: x**2",
    "%": "for the remainder of x by 2 write x - 2*floor(x/2)",
    "=": "a formula has no = in it; arguments go by their place, as in clip(x, 0, 1)",
    ".": "a dot is only for decimals; functions are written without a module, as in sin(x)",
    ":": "a formula is one expression, without a colon",
    "|": "for the absolute value write abs(x)",
    "π": "write pi",
    "²": "write **2",
    "³": "write **3",
    "√": "write sqrt(x)",
    "\u00a0": "type an ordinary space",
    **dict.fromkeys("<>≤≥≠!", COMPARISON),
    **dict.fromkeys("×·⋅∙", "write * for a product"),
    **dict.fromkeys("−–—", "type the ordinary minus, -"),
    **dict.fromkeys("÷∕", "write / for a quotient"),
    **dict.fromkeys("[]{}", "use round brackets, ( and )"),
    **dict.fromkeys("'\"`", "a formula holds no quoted text"),
}
REFUSED_NAMES = {
    **dict.fromkeys(("np", "numpy", "math", "torch"), "functions are written without a module, as in sin(x)"),
    **dict.fromkeys(("if", "else", "and", "or", "not", "in", "is"), COMPARISON),
    **dict.fromkeys(("import", "from", "def", "for", "return"), "a formula is one expression, such as sin(x) + 1"),
    "lambda": "write only what would follow the colon, such as x**2",
    "pow": "use ** for powers: x**2",
    "j": "there are no complex numbers here",
}
OTHER_NAMES = {  # of other languages and of NumPy
    **{f"arc{name}": f"a{name}" for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh")},
    "ceiling": "ceil",
    "fabs": "abs",
    "logistic": "sigmoid",
    "maximum": "max",
    "minimum": "min",
    "sgn": "sign",
    "swish": "silu",
}


Functions = Mapping[str, Function]  # by name


def parse_program(text: str, variables: tuple[str, ...], functions: Functions) -> Program:
    """The program that `text` spells, which may call these functions; raises FormulaError."""
    if len(text) > LONGEST_TEXT:
        raise FormulaError(f"a formula has at most {LONGEST_TEXT} characters", LONGEST_TEXT + 1)
    return _Parser(text, variables, functions).parsed()


class _Parser:
    """Recursive descent, one method for each level of precedence; the program grows as operands and operators end."""

    def __init__(self, text: str, variables: tuple[str, ...], functions: Functions) -> None:
        self.text, self.variables, self.functions = text, variables, functions
        self.program: list[Step] = []
        self.depth = 0
        self.word, self.end = "", 0
        self.advance()

    @property
    def example(self) -> str:
        """What may stand as an argument."""
        return self.variables[0] if self.variables else "2"

    def error(self, message: str, start: int | None = None) -> FormulaError:
        return FormulaError(message, (self.start if start is None else start) + 1)

    def advance(self) -> str:
        """Move to the next token (kind "end" and word "" after the last) and return the word left behind."""
        left = self.word
        self.start = SPACE.match(self.text, self.end).end()  # type: ignore[union-attr]  # it matches anything
        match = TOKEN.match(self.text, self.start)
        self.word = match.group() if match else self.text[self.start : self.start + 1]
        self.kind = str(match.lastgroup) if match else "end"
        if self.word in REFUSED_SIGNS:
            raise self.error(REFUSED_SIGNS[self.word])
        if self.word and not match:
            raise self.error(f"{self.word!a} means nothing in a formula; use plain letters and + - * /")
        self.end = self.start + len(self.word)
        return left

    def emit(self, name: str, count: int) -> None:
        """Append an operation, or at once its result where all its arguments are numbers."""
        rule = OPERATORS[name] if name in OPERATORS else self.functions[name].rule
        arguments = self.program[-count:]
        if not all(isinstance(a, float) for a in arguments):
            self.program.append(Apply(rule, count))
            return
        with np.errstate(all="ignore"):  # as float64 arrays: Python's floats raise instead of giving inf
            value, _ = rule(np, *[(np.asarray(a, dtype=np.float64), 0.0) for a in arguments])
        self.program[-count:] = [float(value)]

    def parsed(self) -> Program:
        if self.kind == "end":
            raise self.error("the formula is empty", 0)
        self.sum()
        if self.kind != "end":
            raise self.error("there is no ( for this )" if self.word == ")" else STRAY_COMMA)
        return tuple(self.program)

    def sum(self) -> None:
        self.row_of(self.product, ("+", "-"))

    def product(self) -> None:
        self.row_of(self.signed, ("*", "/"))

    def row_of(self, operand: Callable[[], None], operators: tuple[str, ...]) -> None:
        operand()
        while self.word in operators:
            operator = self.advance()
            operand()
            self.emit(operator, 2)

    def signed(self) -> None:
        self.depth += 1  # every way to nest comes through here
        if self.depth > DEEPEST_NESTING:
            raise self.error(f"nested deeper than {DEEPEST_NESTING} levels")
        if self.word in ("+", "-"):
            sign = self.advance()
            self.signed()
            if sign == "-":
                self.emit("negative", 1)
        else:
            self.power()
        self.depth -= 1

    def power(self) -> None:
        before = self.atom()
        self.check_name()
        if self.kind in ("number", "name") or self.word == "(":
            after = "(...)" if self.word == "(" else self.word
            raise self.error(f"an operator is missing; for a product write {before}*{after}")
        if self.word == "**":
            self.advance()
            self.signed()
            self.emit("**", 2)

    def atom(self) -> str:
        """A number, name, call or bracket; returns its last word."""
        self.check_name()
        if self.kind == "number":
            self.program.append(float(self.word))
        elif self.word == "(":
            opening, _ = self.start, self.advance()
            self.sum()
            self.expect_close(opening)
        elif self.kind != "name":
            place = f"before {self.word}" if self.word else "at the end"
            wanted = f"a number, {self.variables[0]}" if self.variables else "a number"
            raise self.error(f"{wanted} or a function is missing {place}")
        elif self.word in self.variables:
            self.program.append(self.word)
        elif self.word in CONSTANTS:
            self.program.append(CONSTANTS[self.word])
        else:
            self.call()
        return self.advance()

    def check_name(self) -> None:
        if self.kind == "name" and self.word not in (*self.variables, *CONSTANTS, *self.functions):
            raise self.error(_advice(self.word, self.variables, self.functions))

    def call(self) -> None:
        start, name = self.start, self.advance()
        if self.word != "(":
            raise self.error(f"{name} is a function: write {name}({self.example})", start)
        opening, _ = self.start, self.advance()
        count = 0
        while (count == 0 and self.word != ")") or self.word == ",":
            if count:
                self.advance()
            self.sum()
            count += 1
        self.expect_close(opening)
        least, most = self.functions[name].arity
        if not least <= count <= most:
            wanted = f"at least {least} arguments" if least < most else plural(least, "argument")
            raise self.error(f"{name} takes {wanted}, not {count}", start)
        self.emit(name, count)

    def expect_close(self, opening: int) -> None:
        if self.word != ")":
            raise self.error(STRAY_COMMA) if self.word else self.error("this ( is never closed", opening)


def _advice(name: str, variables: tuple[str, ...], functions: Functions) -> str:
    """What to write instead of an unknown name."""
    if name in REFUSED_NAMES:
        return REFUSED_NAMES[name]
    glued = [f"{function}({v})" for function in functions for v in variables if name == function + v]
    known = [*variables, *CONSTANTS, *functions]
    if likely := OTHER_NAMES.get(name) or (glued[0] if glued else closest(name, known)):
        return f"unknown name {name}; did you mean {likely}?"
    can = f"a formula can use {', '.join(variables)}, pi" if variables else "a number here can use pi"
    return f"unknown name {name}; {can}, e and functions such as sin: relu-anim list functions"
