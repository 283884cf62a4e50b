import os
import unittest
from unittest.mock import patch

import main


class Answers(unittest.TestCase):
    def test_health_asks_no_database(self):
        with patch.dict(os.environ, {"APP_VERSION": "1.2.3"}, clear=True):
            self.assertEqual(main.answer("GET", "/health"), (200, {"status": "alive", "version": "1.2.3"}))

    def test_an_entry_that_lacks_something_is_the_callers_fault(self):
        self.assertEqual(
            main.answer("POST", "/attendance", b'{"firstname": "Ada"}'), (400, {"error": "missing: lastname, gate"})
        )

    def test_so_is_a_body_that_is_no_json_and_a_day_that_is_none(self):
        self.assertEqual(main.answer("POST", "/attendance", b"no")[0], 400)
        self.assertEqual(main.answer("POST", "/attendance", b"[]")[0], 400)
        self.assertEqual(main.answer("GET", "/attendance/yesterday")[0], 400)

    def test_a_database_that_is_away_is_not(self):
        with patch.dict(os.environ, {"DATABASE_HOST": "127.0.0.1", "DATABASE_PORT": "1"}):
            with patch.dict(os.environ, {"DATABASE_USER": "x", "DATABASE_PASSWORD": "x"}):
                self.assertEqual(main.answer("GET", "/ready")[0], 503)

    def test_an_unknown_path_is_not_found(self):
        self.assertEqual(main.answer("GET", "/nothing")[0], 404)


if __name__ == "__main__":
    unittest.main()
