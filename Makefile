# The course's commands. Needs only Python 3.11 to 3.13 and make; everything else goes into the folder .venv.
# Without make, see chapters/how-to-run.md: each command is one line of Python.

ifeq ($(OS),Windows_NT)
  PYTHON ?= python
  BIN := .venv/Scripts
else
  PYTHON ?= python3
  BIN := .venv/bin
endif
PY := $(BIN)/python
READY := .venv/ready

.DEFAULT_GOAL := help
.PHONY: help book test lab notebooks student faults spread benchmark exercises links pages clean

help:  ## show this list
	@$(PYTHON) -c "import re; [print(f'make {name:11}{text}') for name, text in re.findall(r'^(\w+):.*?## (.+)', open('Makefile', encoding='utf8').read(), re.M)]"

$(READY): requirements.txt constraints.txt pyproject.toml
	@$(PYTHON) -c "import sys; sys.exit(None if (3, 11) <= sys.version_info < (3, 14) else f'The course needs Python 3.11, 3.12 or 3.13; this is {sys.version.split()[0]}. Name another: make PYTHON=python3.12 ...')"
	$(PYTHON) -m venv .venv
	$(PY) -m pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"
	$(PY) -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@$(PY) -c "open('$(READY)', 'w').close()"

book: $(READY)  ## build the pages and say where to open them
	$(BIN)/jupyter-book build . -W -n --keep-going
	@$(PY) -c "import pathlib; print('Open', pathlib.Path('_build/html/index.html').resolve().as_uri())"

links: book  ## check every link, picture and address of the built pages
	$(PY) -m book.tools.links _build/html

test: $(READY)  ## run every lesson and compare it with what is stored; test the package, the exercises, the pages
	$(PY) -m pytest -q

lab: $(READY)  ## open JupyterLab on the lessons, their stored figures trusted
	@$(BIN)/jupyter-trust $(wildcard notebooks/*/*.ipynb notebooks/*/*/*.ipynb)
	$(BIN)/jupyter-lab notebooks

notebooks: $(READY)  ## run lessons whose code changed and store their outputs
	$(PY) -m book.tools.execute

student: $(READY)  ## write the lessons without solutions into student/
	$(PY) -m book.tools.student

faults: $(READY)  ## plant faults in every lesson and see which its checks catch
	$(PY) -m book.tools.faults

spread: $(READY)  ## run every lesson under four seeds and record the spread of its results
	$(PY) -m book.tools.spread

exercises: $(READY)  ## prove that every solution passes its check and every stub fails it
	$(PY) -m book.tools.exercises

benchmark: $(READY)  ## record seconds, memory and share of peak of every lesson (leave the machine alone meanwhile)
	$(PY) -m book.tools.race
	$(PY) -m book.tools.benchmark

pages: $(READY)  ## write recorded numbers into cards, tables and badges, and draw the map of the book
	$(PY) -m book.tools.pages
	$(PY) -m book.tools.map

clean:  ## remove what was built (not the environment)
	$(PYTHON) -c "import shutil; [shutil.rmtree(folder, True) for folder in ('_build', 'student')]"
