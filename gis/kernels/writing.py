"""How do bytes get to an address, several at once?

numba counts references to an array in every function that it is handed to, with an atomic step that takes longer than
writing a number. So the functions that write text know no array: they take the address of the next byte and return the
one after. The caller makes room for all they write, and holds the arrays that addresses were taken of.
"""

# mypy: allow-untyped-calls

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir  # type: ignore[import-untyped]
from numba.core import cgutils, types
from numba.extending import intrinsic


def _instruction(*, prefer_literal: bool = False) -> Callable[[Callable[..., Any]], Any]:
    """numba's `intrinsic`, whose calls have fewer arguments than its definition: the first is numba's own."""
    decorate: Any = intrinsic(prefer_literal=prefer_literal)
    return lambda function: decorate(function)


@_instruction()
def address(typing_context: Any, array: Any) -> Any:
    """The address of the first item of an array."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        return builder.ptrtoint(data, ir.IntType(64))

    return types.int64(array), generate


@_instruction()
def real_at(typing_context: Any, place: Any) -> Any:
    """The double at an address."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.load(builder.inttoptr(arguments[0], ir.DoubleType().as_pointer()))

    return types.float64(types.int64), generate


@_instruction()
def int_at(typing_context: Any, place: Any) -> Any:
    """The int64 at an address."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.load(builder.inttoptr(arguments[0], ir.IntType(64).as_pointer()))

    return types.int64(types.int64), generate


def _putter(bits: int, number: Any) -> Any:
    """An intrinsic `put(place, value)`: writes the lowest `bits` of value, the lowest byte first."""

    @_instruction()
    def put(typing_context: Any, place: Any, value: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            word = builder.trunc(arguments[1], ir.IntType(bits)) if bits < 64 else arguments[1]
            builder.store(word, builder.inttoptr(arguments[0], ir.IntType(bits).as_pointer()), align=1)
            return ir.Constant(ir.IntType(64), bits // 8)

        return types.int64(types.int64, number), generate

    return put


put_byte = _putter(8, types.int64)
put_word = _putter(64, types.uint64)


@_instruction(prefer_literal=True)
def put_text(typing_context: Any, place: Any, text: Any) -> Any:
    """Writes a literal; the place after it."""
    if not isinstance(text, types.StringLiteral):
        return None
    content = text.literal_value.encode()

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        source = cgutils.global_constant(builder, "text", cgutils.make_bytearray(bytearray(content)))
        _copy(builder, arguments[0], source, ir.Constant(ir.IntType(64), len(content)))
        return builder.add(arguments[0], ir.Constant(ir.IntType(64), len(content)))

    return types.int64(types.int64, text), generate


@_instruction()
def put_copy(typing_context: Any, place: Any, source: Any, count: Any) -> Any:
    """Copies `count` bytes from the address `source`; the place after them."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        _copy(builder, *arguments)
        return builder.add(arguments[0], arguments[2])

    return types.int64(types.int64, types.int64, types.int64), generate


@_instruction()
def moved_on(typing_context: Any, place: Any, count: Any, by: Any) -> Any:
    """Moves `count` bytes `by` bytes on; the place after them."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        place, count, by = arguments
        byte, later = ir.IntType(8).as_pointer(), builder.add(place, by)
        one = ir.Constant(ir.IntType(64), 1)
        cgutils.raw_memmove(builder, builder.inttoptr(later, byte), builder.inttoptr(place, byte), count, one)
        return builder.add(later, count)

    return types.int64(types.int64, types.int64, types.int64), generate


def _copy(builder: Any, place: Any, source: Any, count: Any) -> None:
    byte = ir.IntType(8).as_pointer()
    target = builder.inttoptr(place, byte)
    origin = (
        builder.bitcast(source, byte) if isinstance(source.type, ir.PointerType) else builder.inttoptr(source, byte)
    )
    cgutils.raw_memcpy(builder, target, origin, count, ir.Constant(ir.IntType(64), 1))


@_instruction()
def leading_zeros(typing_context: Any, word: Any) -> Any:
    """How many of the highest bits of a uint64 are 0; 64 for 0."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.ctlz(arguments[0], ir.Constant(ir.IntType(1), 0))

    return types.int64(types.uint64), generate
