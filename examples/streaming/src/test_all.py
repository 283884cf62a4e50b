"""python3 -m unittest discover src"""

import importlib.util
import json
import os
import threading
import unittest
import urllib.error
import urllib.request
from pathlib import Path
from unittest.mock import patch


def load(name):
    spec = importlib.util.spec_from_file_location(f"{name}_main", Path(__file__).parent / name / "main.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


broker, producer, consumer, web = map(load, ("broker", "producer", "consumer", "web"))


class Stream(unittest.TestCase):
    def setUp(self):
        self.server = broker.make_server(0, "user", "secret")
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        url = f"http://127.0.0.1:{self.server.server_address[1]}"
        given = {"STREAM_URL": url, "STREAM_USER": "user", "STREAM_PASSWORD": "secret", "TOPIC": "t", "STAGE": "test"}
        patched = patch.dict(os.environ, given)
        patched.start()
        self.addCleanup(patched.stop)

    def test_what_the_producer_sends_the_consumer_reads(self):
        self.assertEqual([producer.send("one"), producer.send("two")], [0, 1])
        reader = consumer.Reader()
        self.assertTrue(reader.take(consumer.fetch(reader.next)))
        self.assertEqual([one["text"] for one in reader.document()["messages"]], ["one", "two"])
        self.assertEqual(reader.next, 2)

    def test_a_reader_begins_again_when_the_broker_did(self):
        reader = consumer.Reader()
        reader.take({"epoch": "old", "messages": [{"offset": 7, "message": {"text": "x"}}]})
        producer.send("after the restart")
        self.assertFalse(reader.take(consumer.fetch(0)))
        self.assertTrue(reader.take(consumer.fetch(reader.next)))
        self.assertEqual(reader.last[-1]["text"], "after the restart")

    def test_a_wrong_password_is_refused(self):
        with patch.dict(os.environ, {"STREAM_PASSWORD": "guess"}), self.assertRaises(urllib.error.HTTPError) as caught:
            producer.send("x")
        self.assertEqual(caught.exception.code, 401)
        caught.exception.close()


class Web(unittest.TestCase):
    def test_reads_both_forms_of_a_version(self):
        self.assertEqual(web.version("1.2.3\n"), "1.2.3")
        self.assertEqual(web.version("MAJOR_VERSION=2\nMINOR_VERSION=0\nPATCH_VERSION=1\n"), "2.0.1")

    def test_the_page_escapes_what_others_wrote(self):
        body = json.dumps({"count": 1, "messages": [{"text": "<b>"}]}).encode()
        self.assertIn("<li>&lt;b&gt;</li>", web.page("test", 200, body))


if __name__ == "__main__":
    unittest.main()
