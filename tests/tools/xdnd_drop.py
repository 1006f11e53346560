#!/usr/bin/python3
"""Drops files on a window the way a file manager does: XDND version 5, from a second client.

    xdnd_drop.py WINDOW X Y FILE...

X and Y are a place inside the window. Fails unless the window takes the files.

Debian package: python3-xlib
"""

import sys
import time
from pathlib import Path

from Xlib import X, Xatom, display
from Xlib.protocol import event

VERSION = 5
TIMEOUT_S = 20
GLIDE_STEPS = 5


def main(window_id, x, y, files):
    drag = Drag(window_id, files)
    drag.enter()
    for step in range(GLIDE_STEPS):  # A short glide, like a hand would.
        drag.move_to(x + step, y + step)
    drag.drop()


class Drag:
    def __init__(self, window_id, files):
        self.display = display.Display()
        self.atom = self.display.intern_atom
        self.root = self.display.screen().root
        self.target = self.display.create_resource_object("window", window_id)
        if not self.target.get_full_property(self.atom("XdndAware"), X.AnyPropertyType):
            sys.exit("the window takes no drops: it has no XdndAware property")
        self.uri_list = self.atom("text/uri-list")
        self.uris = b"".join(Path(file).resolve().as_uri().encode() + b"\r\n" for file in files)
        self.source = self.root.create_window(
            0, 0, 1, 1, 0, X.CopyFromParent, event_mask=X.PropertyChangeMask
        )
        self.source.change_property(
            self.atom("XdndTypeList"), Xatom.ATOM, 32, [self.uri_list]
        )
        self.source.set_selection_owner(self.atom("XdndSelection"), X.CurrentTime)

    def enter(self):
        self.send("XdndEnter", VERSION << 24, self.uri_list)

    def move_to(self, x, y):
        at = self.root.translate_coords(self.target, x, y)
        place = (at.x << 16) | at.y
        self.send("XdndPosition", 0, place, X.CurrentTime, self.atom("XdndActionCopy"))
        if not self.answer("XdndStatus") & 1:
            sys.exit("the window does not want the files")

    def drop(self):
        self.send("XdndDrop", 0, X.CurrentTime)
        if not self.answer("XdndFinished") & 1:
            sys.exit("the window did not take the files")

    def send(self, name, *data):
        data = (self.source.id, *data) + (0,) * (4 - len(data))
        message = event.ClientMessage(
            window=self.target, client_type=self.atom(name), data=(32, data)
        )
        self.target.send_event(message, event_mask=0)
        self.display.flush()

    def answer(self, name):
        """Hands out the list of files when asked for it, until this message comes."""
        end = time.monotonic() + TIMEOUT_S
        while time.monotonic() < end:
            while self.display.pending_events():
                got = self.display.next_event()
                if got.type == X.SelectionRequest:
                    self.hand_out(got)
                elif got.type == X.ClientMessage and got.client_type == self.atom(name):
                    return got.data[1][1]
            time.sleep(0.005)
        sys.exit(f"the window sent no {name}")

    def hand_out(self, request):
        is_ours = request.target == self.uri_list
        if is_ours:
            request.requestor.change_property(request.property, self.uri_list, 8, self.uris)
        notice = event.SelectionNotify(
            time=request.time,
            requestor=request.requestor,
            selection=request.selection,
            target=request.target,
            property=request.property if is_ours else X.NONE,
        )
        request.requestor.send_event(notice)
        self.display.flush()


if __name__ == "__main__":
    main(int(sys.argv[1], 0), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:])
