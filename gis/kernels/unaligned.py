"""Which number stands at any byte of a buffer?

numba has no unaligned read; put together from single bytes a number costs ten times as much, because the reads are not
joined. These two become one load each. The caller has checked that the bytes are there.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir  # type: ignore[import-untyped]
from numba.core import types
from numba.extending import intrinsic


def _loader(number: Any, bits: int) -> Any:
    """An intrinsic `load(data, at, big)`: the `bits` at byte `at` of a uint8 array, big-endian or not, as `number`."""

    @intrinsic
    def load(typing_context: Any, data: Any, at: Any, big: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            array = context.make_array(signature.args[0])(context, builder, arguments[0])
            place = builder.gep(array.data, [arguments[1]])
            loaded = builder.load(builder.bitcast(place, ir.IntType(bits).as_pointer()), align=1)
            value = builder.select(arguments[2], builder.bswap(loaded), loaded)
            if isinstance(number, types.Float):
                return builder.bitcast(value, ir.DoubleType())
            return builder.zext(value, ir.IntType(64))

        return number(data, types.int64, types.boolean), generate

    return load


load_u32 = _loader(types.int64, 32)
load_f64 = _loader(types.float64, 64)
