"""The first screen: the cheat with its switch, then findings; where there are own reports, these come first."""

import shutil

import pytest

from concepts.demo.catch import read_catch
from concepts.demo.texts.catch import read_text_catch
from concepts.storage.app_folder import DEMO
from pages.gallery.shelf import GalleryFilter, shelf
from pages.state import server_settings
from pages.state.reports import cards
from tests.support.made_up_report import made_up_report
from tests.support.screen import open_page, shown

CLASSES = ["rain", "festival", "praise", "complaint"]


@pytest.fixture(autouse=True)
def workspace(tmp_path, monkeypatch):
    monkeypatch.setenv("CONCEPTS_WORKSPACE", str(tmp_path))
    return tmp_path


def answers(page: str) -> list[str]:
    """The answers below the pictures."""
    return [part.split("</b>")[0].split("</span> ")[1] for part in page.split("<figcaption>")[1:]]


def test_the_switch_takes_the_stamp_and_the_answer_away():
    catch, app = read_catch(), open_page()
    assert answers(shown(app)) == ["boat"] * 6
    assert "with a stamp" in shown(app)
    before = shown(app)
    app.toggle(key="clean").set_value(True).run()
    assert answers(shown(app)) == [catch.pictures[row].class_name for row in catch.shown]
    assert "without a stamp" in shown(app)
    assert not set(before.split('src="')[1:7]) & set(shown(app).split('src="')[1:7])


def test_in_texts_the_switch_takes_the_words_and_the_answer_away():
    catch, app = read_text_catch(), open_page()
    app.button_group(key="cheat").set_value("In texts").run()
    page = shown(app)
    assert answers(page) == ["harbour"] * 4
    assert page.count('<mark class="for" style="--weight:100%">as they say</mark>') == 4
    assert "None of these sentences names a boat" in page
    app.toggle(key="plain").set_value(True).run()
    page = shown(app)
    assert answers(page) == [catch.sentences[row].class_name for row in catch.shown] == CLASSES
    assert "<mark" not in page.split("cx-catch-texts")[1].split("</div>")[0]
    assert "Now the network is right" in page


def test_all_sentences_that_were_drawn_are_told_and_their_report_is_a_click_away():
    catch, app = read_text_catch(), open_page(cheat="In texts")
    said = f"Put into {len(catch.sentences)} sentences of other classes they turn {len(catch.turned)} answers"
    assert said in shown(app)
    assert f"with “say they as”, for {catch.n_turned_round}." in shown(app)
    next(button for button in app.button if button.label == "Show me how").click().run()
    assert not app.exception
    assert app.query_params["id"] == "village-harbour"


def test_without_the_file_of_sentences_there_are_pictures_alone(tmp_path, monkeypatch):
    shutil.copytree(DEMO / "catch", tmp_path / "demo" / "catch")
    monkeypatch.setattr(server_settings, "DEMO", tmp_path / "demo")
    app = open_page(cheat="In texts")
    assert answers(shown(app)) == ["boat"] * 6
    assert not app.button_group


def test_all_that_were_drawn_are_told():
    catch, page = read_catch(), shown(open_page())
    assert (
        f"On {len(catch.pictures)} pictures of other small things the stamp turns {len(catch.turned)} answers" in page
    )


def test_the_demo_s_findings_lean_first_and_digits_are_last():
    found = [card.id for card in shelf(cards(), GalleryFilter())]
    assert {*found[:2]} == {"shapes-boat", "village-harbour"}
    assert {*found[-2:]} == {"digits-1", "digits-7"}
    assert found.index("shapes-birthday") < found.index("shapes-sunflower")


def test_own_findings_come_first_and_the_cheat_is_a_line_that_opens_it(workspace):
    made_up_report(n=8, n_strategies=1).save(workspace / "reports" / "mine")
    app = open_page()
    page = shown(app)
    assert page.index("id=mine") < page.index("id=shapes-boat")
    assert 'href="?catch=1"' in page
    assert not app.toggle
    assert answers(shown(open_page(catch=1))) == ["boat"] * 6


def test_show_me_how_opens_the_report_of_the_boats():
    app = open_page()
    next(button for button in app.button if button.label == "Show me how").click().run()
    assert not app.exception
    assert app.query_params["id"] == "shapes-boat"


def test_without_its_file_the_cheat_is_left_out(tmp_path, monkeypatch):
    monkeypatch.setattr(server_settings, "DEMO", tmp_path / "none")
    made_up_report(n=8, n_strategies=1).save(tmp_path / "reports" / "mine")
    assert server_settings.server_settings().demo == tmp_path / "none"
    page = shown(open_page(catch=1))
    assert "id=mine" in page
    assert "cx-catch" not in page
