"""A desktop without a screen, and somebody in front of it.

The display is Xvfb's, the bus is a session bus of its own. Somebody finds things as a screen reader does, by role and
name over AT-SPI, points and types by real input events, and waits for what must show, never for a time.
"""

import os
import shutil
import subprocess
import tempfile
import time

PATIENCE_SECS = 90
SIZE = "1280x860"


class Desk:
    """The display, the bus, and a home for one person. Everything ends with it."""

    def __init__(self, beside=None):
        """`beside` another one: with a display of its own, on the same bus, so that one screen reader finds both."""
        self.folder = tempfile.mkdtemp(prefix="nyx-e2e-")
        self.programs = []
        self.env = {
            "HOME": self.folder,
            "PATH": os.path.join(self.folder, "bin") + os.pathsep + os.environ["PATH"],
            "XDG_RUNTIME_DIR": beside.env["XDG_RUNTIME_DIR"] if beside else os.path.join(self.folder, "runtime"),
            "LANG": "en_GB.UTF-8",
            # A machine of the test farm has no graphics card.
            "LIBGL_ALWAYS_SOFTWARE": "1",
            "NYX_LOG": os.environ.get("NYX_LOG", "warn"),
        }
        os.mkdir(os.path.join(self.folder, "bin"))
        if beside is None:
            os.mkdir(self.env["XDG_RUNTIME_DIR"], 0o700)
        self.env["DISPLAY"] = ":" + self.answer(["Xvfb", "-displayfd", "1", "-screen", "0", SIZE + "x24", "-nolisten", "tcp", "-noreset"])
        if beside is not None:
            self.env["DBUS_SESSION_BUS_ADDRESS"] = beside.env["DBUS_SESSION_BUS_ADDRESS"]
            return
        self.env["DBUS_SESSION_BUS_ADDRESS"] = self.answer(["dbus-daemon", "--session", "--nofork", "--print-address=1"])
        # The library of AT-SPI reads these when it is loaded.
        os.environ.update({name: self.env[name] for name in ("DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR")})
        os.environ["NO_AT_BRIDGE"] = "1"
        # Says that somebody uses a screen reader; the bus starts what that takes.
        self.run(
            "dbus-send", "--session", "--print-reply", "--dest=org.a11y.Bus", "/org/a11y/bus",
            "org.freedesktop.DBus.Properties.Set", "string:org.a11y.Status", "string:IsEnabled", "variant:boolean:true",
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for program in reversed(self.programs):
            program.terminate()
        for program in reversed(self.programs):
            program.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self, command, **more):
        program = subprocess.Popen(command, env=self.env, cwd=self.folder, **more)
        self.programs.append(program)
        return program

    def answer(self, command):
        """Starts something that says on one line where it is to be found."""
        program = self.start(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        return program.stdout.readline().strip()

    def run(self, *command, stdin=None):
        done = subprocess.run(command, env=self.env, cwd=self.folder, input=stdin, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{command} ended with {done.returncode}: {done.stdout}{done.stderr}"
        return done.stdout

    def file(self, name, content):
        path = os.path.join(self.folder, name)
        with open(path, "wb") as file:
            file.write(content)
        return path

    def picker_picks(self, path):
        """Stands for the desktop's dialog, in which somebody picks this file."""
        picker = self.file("bin/zenity", f'#!/bin/sh\nprintf "%s\\n" "{path}"\n'.encode())
        os.chmod(picker, 0o755)


class Person:
    """Somebody in front of the window of a program."""

    def __init__(self, desk, command, pictures):
        import gi

        gi.require_version("Atspi", "2.0")
        from gi.repository import Atspi, GLib

        self.gone = GLib.Error
        self.desk, self.atspi, self.pictures = desk, Atspi, pictures
        self.program = desk.start(command)
        self.window = until("the window", self.find_window)
        # No window manager is there to give the focus.
        desk.run("xdotool", "windowfocus", "--sync", self.window)

    def find_window(self):
        assert self.program.poll() is None, f"the program ended with {self.program.returncode}"
        found = subprocess.run(
            ["xdotool", "search", "--onlyvisible", "--pid", str(self.program.pid)],
            env=self.desk.env, capture_output=True, text=True, check=False,
        ).stdout.split()
        return found[0] if found else None

    def things(self):
        """Everything that a screen reader finds: (role, name, thing)."""
        desktop = self.atspi.get_desktop(0)
        found = []
        for place in range(desktop.get_child_count()):
            app = desktop.get_child_at_index(place)
            # Another window may be on the same bus.
            if app is not None and app.get_process_id() == self.program.pid:
                self.gather(app, found)
        return found

    def gather(self, thing, found):
        try:
            # What AT-SPI keeps of the tree may be of the frame before.
            thing.clear_cache()
            found.append((thing.get_role_name(), thing.get_name() or "", thing))
            for place in range(thing.get_child_count()):
                child = thing.get_child_at_index(place)
                if child is not None:
                    self.gather(child, found)
        except self.gone:
            # It went away while it was looked at.
            pass

    def seek(self, name, roles=None):
        for role, called, thing in self.things():
            if called == name and (roles is None or role in roles):
                return thing
        return None

    def see(self, name, roles=None):
        return until(f"“{name}”", lambda: self.seek(name, roles), self.describe)

    def see_part(self, part):
        return until(f"“…{part}…”", lambda: next((t for _, n, t in self.things() if part in n), None), self.describe)

    def not_see_part(self, part):
        until(f"no “…{part}…”", lambda: not any(part in name for _, name, _ in self.things()), self.describe)

    def texts(self):
        return [name for _, name, _ in self.things()]

    def describe(self):
        return "\n".join(f"  {role}: {name}" for role, name, _ in self.things() if name)

    def press(self, name):
        self.point(self.see(name, BUTTONS))

    def point(self, thing):
        """Clicks on it; what is out of view is scrolled to."""
        before = None

        def rests():
            # What was scrolled goes on moving for some frames.
            nonlocal before
            now = self.bring(thing)
            (before, is_at_rest) = (now, now is not None and now == before)
            return now if is_at_rest else None

        x, y = until("it in view", rests, self.describe)
        self.desk.run("xdotool", "mousemove", "--window", self.window, str(x), str(y), "click", "1")

    def bring(self, thing):
        """Its middle, if that is in view; otherwise the wheel is turned."""
        thing.clear_cache()
        place = thing.get_extents(self.atspi.CoordType.WINDOW)
        x, y = place.x + place.width // 2, place.y + place.height // 2
        shape = dict(line.split("=") for line in self.desk.run("xdotool", "getwindowgeometry", "--shell", self.window).split())
        height = int(shape["HEIGHT"])
        if 0 <= y < height:
            return x, y
        wheel = "5" if y > 0 else "4"
        self.desk.run("xdotool", "mousemove", "--window", self.window, str(x), str(height // 2), "click", wheel)
        return None

    def fill(self, name, text):
        field = self.see(name, FIELDS)
        self.point(field)
        until(f"the focus in “{name}”", lambda: self.has_focus(name))
        self.write(text)

    def has_focus(self, name):
        field = self.seek(name, FIELDS)
        return field is not None and field.get_state_set().contains(self.atspi.StateType.FOCUSED)

    def write(self, text):
        self.desk.run("xdotool", "type", "--delay", "4", "--", text)

    def key(self, keys):
        self.desk.run("xdotool", "key", "--", keys)

    def picture(self, name):
        """Keeps what is on the screen, once it stands still."""
        if self.pictures is None:
            return
        path = os.path.join(self.pictures, name + ".png")
        until("a picture that stands still", lambda: self.stands_still(path))

    def glimpse(self, name):
        """The same while something on it turns."""
        if self.pictures is not None:
            self.desk.run("import", "-window", self.window, "-strip", os.path.join(self.pictures, name + ".png"))

    def stands_still(self, path):
        self.desk.run("import", "-window", self.window, "-strip", path)
        before = open(path, "rb").read()
        time.sleep(0.3)
        self.desk.run("import", "-window", self.window, "-strip", path)
        return open(path, "rb").read() == before

    def resize(self, width, height):
        self.desk.run("xdotool", "windowsize", "--sync", self.window, str(width), str(height))

    def photograph(self, name):
        """What is on the screen now, as a file for somebody else: a countdown may run in it."""
        path = os.path.join(self.desk.folder, name + ".png")
        self.desk.run("import", "-window", self.window, path)
        return path

    def ticks(self):
        """CPU time of the program until now, in hundredths of a second."""
        with open(f"/proc/{self.program.pid}/stat", encoding="ascii") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return int(fields[11]) + int(fields[12])

    def close(self):
        """As a window manager does whose cross was clicked."""
        from Xlib import display, protocol

        screen = display.Display(self.desk.env["DISPLAY"])
        window = screen.create_resource_object("window", int(self.window))
        please = (32, [screen.intern_atom("WM_DELETE_WINDOW"), 0, 0, 0, 0])
        window.send_event(protocol.event.ClientMessage(
            window=window, client_type=screen.intern_atom("WM_PROTOCOLS"), data=please
        ))
        screen.sync()
        screen.close()
        code = self.program.wait(PATIENCE_SECS)
        assert code == 0, f"it ended with {code}"


def until(what, is_so, describe=lambda: ""):
    begin = time.monotonic()
    while True:
        found = is_so()
        if found:
            return found
        assert time.monotonic() - begin < PATIENCE_SECS, f"never saw {what}; there is\n{describe()}"
        time.sleep(0.05)


BUTTONS = {"push button", "button", "toggle button", "list item", "menu item", "check box", "radio button", "link"}
FIELDS = {"entry", "text", "password text", "search box"}
