"""Rendering shared by pages, report files and sites: macros that escape by themselves, help texts, colours."""
