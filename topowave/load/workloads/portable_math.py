"""Logarithm, exponential and sine that give the same bits on every machine.

Those of the module `math` are the C library's, whose last bit differs from one to the next: then a seed would
give other workloads on another machine. Here is nothing but what IEEE 754 rounds in one way only: the four
operations, taking a float apart and putting it together (frexp, ldexp) and the square root. The polynomials
are those of fdlibm (Sun Microsystems 1993), whose error is below one unit in the last place.
"""

from __future__ import annotations

from math import frexp, ldexp

TWO_PI = 6.283185307179586
SQRT_HALF = 0.7071067811865476
LN2_HIGH = 6.93147180369123816490e-01
LN2_LOW = 1.90821492927058770002e-10
INVERSE_LN2 = 1.44269504088896338700
LARGEST_EXPONENT = 700.0


def log(x: float) -> float:
    """Return the natural logarithm of a number above 0."""
    mantissa, exponent = frexp(x)
    if mantissa < SQRT_HALF:
        mantissa *= 2.0
        exponent -= 1
    f = mantissa - 1.0
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    even = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01))
    odd = z * (
        6.666666666666735130e-01
        + w * (2.857142874366239149e-01 + w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01))
    )
    half = 0.5 * f * f
    return exponent * LN2_HIGH - ((half - (s * (half + even + odd) + exponent * LN2_LOW)) - f)


def exp(x: float) -> float:
    """Return e to the power of x, which lies between -LARGEST_EXPONENT and LARGEST_EXPONENT."""
    twos = int(INVERSE_LN2 * x + (0.5 if x >= 0 else -0.5))
    high = x - twos * LN2_HIGH
    low = twos * LN2_LOW
    r = high - low
    t = r * r
    c = r - t * (
        1.66666666666666019037e-01
        + t
        * (
            -2.77777777770155933842e-03
            + t
            * (
                6.61375632143793436117e-05
                + t * (-1.65339022054652515390e-06 + t * 4.13813679705723846039e-08)
            )
        )
    )
    return ldexp(1.0 - ((low - (r * c) / (2.0 - c)) - high), twos)


def power(base: float, exponent: float) -> float:
    """Return a number above 0 to a power; right to about 14 digits."""
    return exp(exponent * log(base))


def sine_of_turn(turn: float) -> float:
    """Return the sine of a part of a full turn, from 0 up to 1: a quarter gives 1."""
    sign = 1.0
    if turn >= 0.5:
        turn -= 0.5
        sign = -1.0
    if turn > 0.25:
        turn = 0.5 - turn
    x = turn * TWO_PI
    if turn > 0.125:
        return sign * _cosine((0.25 - turn) * TWO_PI)
    z = x * x
    return sign * (
        x
        + x
        * z
        * (
            -1.66666666666666324348e-01
            + z
            * (
                8.33333333332248946124e-03
                + z
                * (
                    -1.98412698298579493134e-04
                    + z
                    * (
                        2.75573137070700676789e-06
                        + z * (-2.50507602534068634195e-08 + z * 1.58969099521155010221e-10)
                    )
                )
            )
        )
    )


def _cosine(x: float) -> float:
    """Return the cosine of an angle from 0 to an eighth of a turn (radians)."""
    z = x * x
    return (
        1.0
        - 0.5 * z
        + z
        * z
        * (
            4.16666666666666019037e-02
            + z
            * (
                -1.38888888888741095749e-03
                + z
                * (
                    2.48015872894767294178e-05
                    + z
                    * (
                        -2.75573143513906633035e-07
                        + z * (2.08757232129817482790e-09 + z * -1.13596475577881948265e-11)
                    )
                )
            )
        )
    )
