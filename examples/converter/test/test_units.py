import unittest

from app.__main__ import answer
from app.units import UNITS, convert


class Units(unittest.TestCase):
    def test_a_marathon(self):
        self.assertEqual(convert(26.2, "mi", "km"), 42.164813)

    def test_there_and_back_is_the_same(self):
        for source, (kind, _) in UNITS.items():
            for target, (other, _) in UNITS.items():
                if kind == other:
                    self.assertAlmostEqual(convert(convert(7, source, target), target, source), 7, delta=0.01)

    def test_weights_are_no_lengths(self):
        with self.assertRaisesRegex(ValueError, "kg is a weight and km a length"):
            convert(1, "kg", "km")


class Answers(unittest.TestCase):
    def test_says_what_is_wrong_with_a_question(self):
        self.assertEqual(answer("/convert", {"value": "1", "from": "mi"})[0], 400)
        self.assertEqual(answer("/convert", {"value": "x", "from": "mi", "to": "km"})[0], 400)
        self.assertEqual(answer("/convert", ["value"])[0], 400)
        status, document = answer("/convert", {"value": "1", "from": "mi", "to": "parsec"})
        self.assertEqual(status, 400)
        self.assertIn("parsec is none of", document["error"])

    def test_an_unknown_path_is_not_found(self):
        self.assertEqual(answer("/nothing", {})[0], 404)


if __name__ == "__main__":
    unittest.main()
