"""E-mail: notices as one message over SMTP, encrypted unless the server is on this machine."""

import base64
import smtplib
import ssl
from collections.abc import Sequence
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

from reshelve.executors.contracts.http_calls import NotDeliveredError, cut_after, why_unreached
from reshelve.executors.hooks.message_lines import lines_of, title_of
from reshelve.executors.hooks.notice_queue import Notice
from reshelve.executors.hooks.receivers import Receiver
from reshelve.schemas.notify_settings import Notify, mail_address

_LOGGED_IN = 235


def smtp_mail(receiver: Receiver, notices: Sequence[Notice], seconds: float) -> None:
    """Mail these notices as one message, within so many seconds. Raises NotDeliveredError."""
    told = receiver.told
    assert isinstance(told, Notify)
    server = mail_address(told)
    password = receiver.value(told.password_env) if told.password_env else ""
    context = ssl.create_default_context()
    mailing: smtplib.SMTP = (
        smtplib.SMTP_SSL(timeout=seconds, context=context) if told.tls == "tls" else smtplib.SMTP(timeout=seconds)
    )
    # As the constructor would: but a greeting that comes byte by byte is cut off here.
    mailing._host = server.host  # type: ignore[attr-defined]  # noqa: SLF001
    try:
        with cut_after(seconds, lambda: mailing.sock), mailing:
            mailing.connect(server.host, server.port)
            if told.tls == "starttls":
                mailing.starttls(context=context)
            if password:
                _log_in(mailing, told.user or str(told.from_), password)
            refused = mailing.send_message(_message(told, notices), str(told.from_), told.to)
    except smtplib.SMTPNotSupportedError:
        raise NotDeliveredError("it offers no STARTTLS or no log-in, and nothing is sent without") from None
    except smtplib.SMTPServerDisconnected:
        at = " at the log-in: it may refuse user and password" if password else ""
        raise NotDeliveredError(f"it closed the connection{at}") from None
    except smtplib.SMTPAuthenticationError as trouble:
        raise NotDeliveredError(f"it refused user and password ({trouble.smtp_code})") from None
    except smtplib.SMTPResponseException as trouble:
        raise NotDeliveredError(f"it answered {trouble.smtp_code}") from None
    except smtplib.SMTPRecipientsRefused:
        raise NotDeliveredError("it refused every address in `to:`") from None
    except TimeoutError:
        raise NotDeliveredError("it did not answer in time") from None
    except smtplib.SMTPException as trouble:
        raise NotDeliveredError(f"it gave no proper answer ({type(trouble).__name__})") from None
    except OSError as trouble:
        raise NotDeliveredError(why_unreached(trouble)) from None
    if refused:
        raise NotDeliveredError(f"it refused {len(refused)} of {len(told.to)} addresses in `to:`")


def _log_in(mailing: smtplib.SMTP, user: str, password: str) -> None:
    """Log in. What is not ASCII goes as UTF-8 (RFC 4616), for which smtplib has no words. Raises as `SMTP.login` does."""
    if user.isascii() and password.isascii():
        mailing.login(user, password)
        return
    mailing.ehlo_or_helo_if_needed()
    if "PLAIN" not in mailing.esmtp_features.get("auth", "").upper().split():
        raise NotDeliveredError("user or password is not ASCII, and it offers no log-in that takes that (AUTH PLAIN)")
    said = base64.b64encode(f"\0{user}\0{password}".encode("utf-8", "surrogateescape")).decode()
    code, answer = mailing.docmd("AUTH", f"PLAIN {said}")
    if code != _LOGGED_IN:
        raise smtplib.SMTPAuthenticationError(code, answer)


def _message(told: Notify, notices: Sequence[Notice]) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = str(told.from_), ", ".join(told.to)
    message["Date"], message["Message-ID"] = formatdate(), make_msgid(domain="reshelve.invalid")
    message["Subject"] = title_of(notices)
    message.set_content("\n\n".join(lines_of(notices)) + "\n")
    return message
