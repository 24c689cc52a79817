"""Who may do what: roles, what is one's own and what is others', the file of roles."""

import pytest

from concepts.access import NOBODY_IN_PARTICULAR, Act, NotAllowed, Person, Role, allowed, check, read_roles

READER, ANALYST, ADMIN = (Person(f"{role.word}@lab.example", role) for role in Role)
ALONE = {Act.SEE, Act.NAME}
ANALYSTS = {Act.RUN, Act.ASK, Act.UPLOAD}
OWNED = {Act.CANCEL, Act.REMOVE, Act.SHARE}
ADMINS = {Act.RUN_CODE, Act.IMPORT_NAMES, Act.READ_RECORD, Act.READ_USAGE}


def test_each_act_has_its_place():
    assert set(Act) == ALONE | ANALYSTS | OWNED | ADMINS


@pytest.mark.parametrize("act", list(Act))
def test_roles_rise(act):
    assert allowed(READER, act) == (act in ALONE)
    assert allowed(ANALYST, act) == (act not in ADMINS)
    assert allowed(ADMIN, act)
    assert allowed(NOBODY_IN_PARTICULAR, act)


@pytest.mark.parametrize("act", sorted(OWNED, key=lambda act: act.name))
def test_what_is_others_is_an_admin_s(act):
    assert allowed(ANALYST, act, owner=ANALYST.name)
    assert not allowed(ANALYST, act, owner=READER.name)
    assert not allowed(ANALYST, act, owner="")  # from before there was a login
    assert not allowed(READER, act, owner=READER.name)
    assert allowed(ADMIN, act, owner=READER.name)
    assert allowed(NOBODY_IN_PARTICULAR, act, owner="")
    assert allowed(NOBODY_IN_PARTICULAR, act, owner=READER.name)


def test_a_refusal_is_one_line_that_says_what_to_do():
    with pytest.raises(NotAllowed, match=r"^as reader you may not start analyses .*: ask the operator .* analyst$"):
        check(READER, Act.RUN)
    with pytest.raises(NotAllowed, match=r"^this belongs to reader@lab\.example: .*an admin$"):
        check(ANALYST, Act.CANCEL, owner=READER.name)
    with pytest.raises(NotAllowed, match="make you admin"):
        check(ANALYST, Act.RUN_CODE)


@pytest.mark.parametrize("name", [" anna", "a" * 81, "an\nna", "an\u202ena", "an\u200bna"])
def test_an_identity_shows_what_it_is(name):
    with pytest.raises(ValueError, match="identity"):
        Person(name, Role.ADMIN)
    assert read_roles(None, others=Role.READER).person(name) is None


def roles(tmp_path, text, others=None):
    file = tmp_path / "roles"
    file.write_text(text, encoding="utf-8")
    return read_roles(file, others=others)


def test_the_file_of_roles(tmp_path):
    found = roles(
        tmp_path, "# the lab\nAnna@lab.example admin  # head\n\nben@lab.example\t analyst\nVera Lang reader\n"
    )
    assert found.person("anna@LAB.example") == Person("anna@lab.example", Role.ADMIN)
    assert found.person("vera lang") == Person("vera lang", Role.READER)
    assert found.person("eve@lab.example") is None
    assert found.person("") is None
    assert roles(tmp_path, "", Role.READER).person("eve@lab.example") == Person("eve@lab.example", Role.READER)


def test_no_other_letter_becomes_one_of_a_name_in_the_file(tmp_path):
    found = roles(tmp_path, "kim admin\n")
    assert "\u212aim".lower() == "kim"  # the sign of kelvin
    assert found.person("\u212aim") is None


@pytest.mark.parametrize(
    ("text", "said"),
    [("anna owner", "line 1.*no role 'owner'.*reader, analyst, admin"), ("admin", "line 1.*expected an identity"),
     ("a reader\nA admin", "line 2.*second role"), ("a\u200bb admin", "line 1.*cannot be seen")],
)  # fmt: skip
def test_a_line_of_another_form_is_refused(tmp_path, text, said):
    with pytest.raises(ValueError, match=said) as refused:
        roles(tmp_path, text)
    assert "\n" not in str(refused.value)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"CONCEPTS_ROLES.*cannot be read"):
        read_roles(tmp_path / "none", others=None)
