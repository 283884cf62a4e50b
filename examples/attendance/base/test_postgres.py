import unittest

import postgres


class ScramOfTheRfc(unittest.TestCase):
    """The exchange that RFC 7677 gives as its example, its user name left out as PostgreSQL wants it."""

    def setUp(self):
        self.scram = postgres.Scram("pencil", nonce="rOprNGfwEbeRWgbNEkqO")
        self.scram.bare = "n=user,r=rOprNGfwEbeRWgbNEkqO"
        challenge = b"r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
        self.final = self.scram.final(challenge)

    def test_proves_the_password(self):
        self.assertTrue(self.final.endswith(b",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="))

    def test_takes_the_server_at_its_proof(self):
        self.scram.verify(b"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")

    def test_refuses_a_server_that_has_none(self):
        with self.assertRaises(postgres.DatabaseError):
            self.scram.verify(b"v=AAAA")


class Rows(unittest.TestCase):
    def test_reads_texts_and_nulls(self):
        self.assertEqual(postgres._row(b"\0\2\0\0\0\1a\xff\xff\xff\xff"), ["a", None])


if __name__ == "__main__":
    unittest.main()
