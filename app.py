"""The app: `python app.py`, or a Space."""

from demo.ui import LAUNCH_OPTIONS, build_ui

demo = build_ui()
if __name__ == "__main__":
    demo.launch(**LAUNCH_OPTIONS)
