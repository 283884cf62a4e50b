import os
import unittest
from unittest.mock import patch

import main


class Answers(unittest.TestCase):
    def test_health(self):
        self.assertEqual(main.answer("/health"), (200, {"Status": "Success"}))

    def test_version_is_the_one_it_was_started_with(self):
        with patch.dict(os.environ, {"APP_VERSION": "1.2.3"}):
            self.assertEqual(main.answer("/version"), (200, {"version": "1.2.3"}))

    def test_ping(self):
        self.assertEqual(main.answer("/ping"), (200, {"message": "Greetings from Service A!"}))

    def test_an_unknown_path_is_not_found(self):
        self.assertEqual(main.answer("/nothing")[0], 404)


if __name__ == "__main__":
    unittest.main()
