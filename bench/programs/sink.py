"""A cheap SMTP sink: takes everything, looks at nothing, and counts. `python -m bench.programs.sink PORT`

It finds the end of a message by the end of what it has read, so it is no server for anybody else: a client that sends
its next command before the answer to its dot, or BDAT, is not understood. It offers PIPELINING, as smtp-sink does.
"""

from __future__ import annotations

import select
import socket
import sys
import time

END = b"\r\n.\r\n"
BLOCK = 1 << 18
EHLO = b"250-cheap.sink.test\r\n250-PIPELINING\r\n250 8BITMIME\r\n"


class Conversation:
    """One connection: either reading commands or the body of a message."""

    __slots__ = ("in_body", "line", "socket")

    def __init__(self, connected: socket.socket) -> None:
        self.socket = connected
        self.in_body = False
        self.line = b""  # an unfinished command, or the last bytes of the body so far


class Sink:
    def __init__(self, port: int) -> None:
        self.taken = 0
        self._buffer = bytearray(BLOCK)
        self._view = memoryview(self._buffer)
        self._listening = socket.create_server(("127.0.0.1", port), backlog=1000)
        self._poll = select.epoll()
        self._poll.register(self._listening.fileno(), select.EPOLLIN)
        self._conversations: dict[int, Conversation] = {}

    def serve(self) -> None:
        told, told_at = 0, 0.0
        while True:
            for number, _ in self._poll.poll(0.1):
                if number == self._listening.fileno():
                    self._accept()
                else:
                    self._read(self._conversations[number])
            now = time.monotonic()
            if self.taken != told and now > told_at + 0.1:
                told, told_at = self.taken, now
                print(f"mesg={told}", flush=True)

    def _accept(self) -> None:
        connected, _ = self._listening.accept()
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._conversations[connected.fileno()] = Conversation(connected)
        self._poll.register(connected.fileno(), select.EPOLLIN)
        connected.send(b"220 cheap.sink.test ESMTP\r\n")

    def _read(self, talk: Conversation) -> None:
        try:
            count = talk.socket.recv_into(self._buffer)
        except ConnectionError:
            count = 0
        if not count:
            self._hang_up(talk)
        elif talk.in_body:
            self._body(talk, count)
        else:
            self._commands(talk, talk.line + bytes(self._view[:count]))

    def _body(self, talk: Conversation, count: int) -> None:
        tail = (talk.line + bytes(self._view[max(0, count - 5) : count]))[-5:]
        talk.line = tail
        if tail == END:
            talk.in_body, talk.line = False, b""
            self.taken += 1
            talk.socket.send(b"250 2.0.0 taken\r\n")

    def _commands(self, talk: Conversation, said: bytes) -> None:
        lines = said.split(b"\r\n")
        talk.line = lines.pop()
        replies = []
        for line in lines:
            verb = line[:4].upper()
            if verb == b"DATA":
                replies.append(b"354 go on\r\n")
                talk.in_body = True
            elif verb == b"EHLO":
                replies.append(EHLO)
            elif verb == b"QUIT":
                replies.append(b"221 2.0.0 bye\r\n")
            else:
                replies.append(b"250 2.0.0 ok\r\n")
        if replies:
            talk.socket.send(b"".join(replies))

    def _hang_up(self, talk: Conversation) -> None:
        self._poll.unregister(talk.socket.fileno())
        del self._conversations[talk.socket.fileno()]
        talk.socket.close()


if __name__ == "__main__":
    Sink(int(sys.argv[1])).serve()
