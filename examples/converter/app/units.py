"""Lengths and weights in other units."""

# How many of the first unit of its kind each unit is: metres, kilograms.
UNITS = {
    "m": ("length", 1.0),
    "km": ("length", 1000.0),
    "mi": ("length", 1609.344),
    "ft": ("length", 0.3048),
    "kg": ("weight", 1.0),
    "g": ("weight", 0.001),
    "lb": ("weight", 0.45359237),
}


def convert(value, source, target):
    """The value in the other unit; raises ValueError with a sentence when that cannot be."""
    for unit in (source, target):
        if unit not in UNITS:
            raise ValueError(f"{unit} is none of {', '.join(sorted(UNITS))}")
    (kind, factor), (other, divisor) = UNITS[source], UNITS[target]
    if kind != other:
        raise ValueError(f"{source} is a {kind} and {target} a {other}")
    return round(value * factor / divisor, 6)
