"""What pages, report files and sites show alike: macros that escape by themselves, help texts, colours."""
