import os
import unittest
from unittest.mock import patch

import main


def refuse():
    raise ConnectionRefusedError("connection refused")


class Answers(unittest.TestCase):
    def test_health(self):
        self.assertEqual(main.answer("/health"), (200, {"Status": "Success"}))

    def test_version_is_the_one_it_was_started_with(self):
        with patch.dict(os.environ, {"APP_VERSION": "1.2.3"}):
            self.assertEqual(main.answer("/version"), (200, {"version": "1.2.3"}))

    def test_passes_on_what_service_a_says(self):
        status, document = main.answer("/ping_service_a", ask=lambda: "Hello!")
        self.assertEqual((status, document), (200, {"message": "Hello! (via Service B)"}))

    def test_says_when_service_a_does_not_answer(self):
        status, document = main.answer("/ping_service_a", ask=refuse)
        self.assertEqual(status, 502)
        self.assertIn("connection refused", document["error"])

    def test_an_unknown_path_is_not_found(self):
        self.assertEqual(main.answer("/nothing")[0], 404)


if __name__ == "__main__":
    unittest.main()
