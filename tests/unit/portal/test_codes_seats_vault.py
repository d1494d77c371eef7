"""One-time codes, seats, sealed logins and masks: the small parts that keep an account from harm."""

import base64
import threading
from datetime import UTC, datetime, timedelta

import pytest
from pyotp.totp import TOTP

from core.domain.errors import Misconfigured, OneTimeCodeMissing, PortalBusy, PortalSessionsFull
from core.ports.portal import PortalCredential
from core.store.vault import AesVault, new_key
from portal.codes import LATEST_S, STEP_S, OneTimeCodes
from portal.masking import COVER, Masker
from portal.seats import ProcessCodes, ProcessSeats, ProcessSessions
from portal.vault import SealedSessions
from tests.databases import SetClock

SECRET = "JBSWY3DPEHPK3PXP"
LOGIN = PortalCredential("main", "coupa", "robot@example.com", "canary-password", SECRET)


class Maker:
    """Codes on a clock that stands; pausing moves it."""

    def __init__(self, second: float, codes: ProcessCodes | None = None, secret: str = SECRET) -> None:
        self.clock = SetClock(datetime(2026, 3, 2, 9, 0, tzinfo=UTC) + timedelta(seconds=second))
        self.waits: list[float] = []
        credential = PortalCredential("main", "coupa", "robot@example.com", "canary-password", secret)
        self.codes = OneTimeCodes(credential, codes or ProcessCodes(), self.clock, self.pause)

    def pause(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.clock.advance(seconds=seconds)


class TestCodes:
    def test_a_code_of_the_16_characters_that_portals_hand_out(self) -> None:
        maker = Maker(3)
        assert maker.codes.next_code() == TOTP(SECRET).at(maker.clock.now())
        assert maker.waits == []

    def test_a_second_code_waits_for_the_next_time_step(self) -> None:
        maker = Maker(3)
        first, second = maker.codes.next_code(), maker.codes.next_code()
        assert first != second
        assert maker.waits == [pytest.approx(27.5)]

    def test_a_code_near_its_end_is_not_made(self) -> None:
        maker = Maker(STEP_S - LATEST_S)
        assert maker.codes.next_code() == TOTP(SECRET).at(maker.clock.now())
        assert maker.waits == [pytest.approx(5.5)]

    def test_a_code_that_another_process_used_is_not_used_again(self) -> None:
        used = ProcessCodes()
        Maker(3, used).codes.next_code()
        later = Maker(4, used)
        later.codes.next_code()
        assert len(later.waits) == 1

    def test_a_clock_that_goes_back_makes_no_code(self) -> None:
        used = ProcessCodes()
        Maker(3600, used).codes.next_code()
        with pytest.raises(OneTimeCodeMissing):
            Maker(0, used).codes.next_code()

    def test_blanks_that_were_copied_along_are_no_part_of_the_secret(self) -> None:
        assert Maker(3, secret="jbsw y3dp-ehpk 3pxp").codes.next_code() == Maker(3).codes.next_code()

    @pytest.mark.parametrize("secret", ["", "   ", "no base32!", "11111111"])
    def test_no_secret_or_a_wrong_one_is_said_and_not_shown(self, secret: str) -> None:
        with pytest.raises(OneTimeCodeMissing) as missing:
            Maker(3, secret=secret).codes.next_code()
        assert not secret.strip() or secret not in str(missing.value)

    def test_a_step_is_claimed_by_one_of_many(self) -> None:
        used, wins = ProcessCodes(), list[bool]()
        threads = [threading.Thread(target=lambda: wins.append(used.claim("main", 7))) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert wins.count(True) == 1


class TestSeats:
    def test_one_job_at_a_time(self, clock: SetClock) -> None:
        seats = ProcessSeats(clock)
        with seats.hold("main"):
            with seats.hold("other"):
                pass
            with pytest.raises(PortalBusy), seats.hold("main"):
                pass
        with seats.hold("main"):
            pass

    def test_three_sessions_and_never_four(self, clock: SetClock) -> None:
        seats = ProcessSeats(clock)
        for name in ("a", "b", "c"):
            seats.began("main", name)
        with pytest.raises(PortalSessionsFull) as full:
            seats.began("main", "d")
        assert full.value.after_s == pytest.approx(12 * 3600)
        seats.began("main", "a")
        seats.ended("main", "b")
        seats.began("main", "d")
        assert seats.open_sessions("main") == 3

    def test_a_crashed_session_frees_its_seat_when_it_must_have_expired(self, clock: SetClock) -> None:
        seats = ProcessSeats(clock, timedelta(hours=1))
        for name in ("a", "b", "c"):
            seats.began("main", name)
        clock.advance(hours=1)
        seats.began("main", "d")
        assert seats.open_sessions("main") == 1


class TestVault:
    def test_a_login_comes_back_and_shows_nothing(self) -> None:
        vault = AesVault([new_key()])
        sealed = vault.seal_credential(LOGIN)
        assert vault.open_credential("main", sealed) == LOGIN
        assert b"canary" not in sealed
        assert "canary" not in repr(LOGIN)
        assert SECRET not in repr(LOGIN)

    def test_a_login_in_the_place_of_another_is_refused(self) -> None:
        vault = AesVault([new_key()])
        with pytest.raises(Misconfigured):
            vault.open_credential("other", vault.seal_credential(LOGIN))

    def test_another_key_or_a_changed_byte_is_refused_without_details(self) -> None:
        sealed = AesVault([new_key()]).seal_credential(LOGIN)
        changed = sealed[:-5] + bytes([sealed[-5] ^ 1]) + sealed[-4:]
        for vault, stored in ((AesVault([new_key()]), sealed), (AesVault([new_key()]), changed)):
            with pytest.raises(Misconfigured) as refused:
                vault.open_credential("main", stored)
            assert "canary" not in repr(refused.value)

    def test_keys_can_be_changed_while_things_are_sealed(self) -> None:
        old, new = new_key(), new_key()
        sealed = AesVault([old]).seal_credential(LOGIN)
        assert AesVault([new, old]).open_credential("main", sealed) == LOGIN
        with pytest.raises(Misconfigured):
            AesVault([new]).open_credential("main", sealed)

    @pytest.mark.parametrize("keys", [[], [b"short"], [base64.b64encode(b"x" * 16)]])
    def test_a_key_that_is_none_is_named(self, keys: list[bytes]) -> None:
        with pytest.raises(Misconfigured) as refused:
            AesVault(keys)
        assert refused.value.setting == "portal__keys"

    def test_browser_states_are_kept_sealed_and_an_unreadable_one_is_forgotten(self) -> None:
        kept = ProcessSessions()
        sessions = SealedSessions(kept, AesVault([new_key()]))
        sessions.save("main", b"cookie-canary")
        assert sessions.load("main") == b"cookie-canary"
        assert b"canary" not in (kept.load("main") or b"")
        assert SealedSessions(kept, AesVault([new_key()])).load("main") is None
        assert kept.load("main") is None
        sessions.save("main", b"x")
        sessions.forget("main")
        assert sessions.load("main") is None


def test_masks_cover_every_secret_longest_first() -> None:
    masker = Masker("abcd", "abcdef", "", "xyz")
    masker.learn("123456")
    assert masker.cover("abcdef abcd 123456 xyz") == f"{COVER} {COVER} {COVER} xyz"
