@echo off
rem Removes bytecode and tool caches under backend\, and shows how many. .venv and .data stay.
setlocal enabledelayedexpansion
cd /d "%~dp0"
set /a bytecode=0
set /a caches=0

for /f "delims=" %%F in ('dir /s /b /a-d *.pyc 2^>nul ^| findstr /v /i /c:"\.venv" /c:"\.data\"') do (
  del /q "%%F" && set /a bytecode+=1
)
for %%N in (__pycache__ .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis) do (
  for /f "delims=" %%D in ('dir /s /b /ad %%N 2^>nul ^| findstr /v /i /c:"\.venv" /c:"\.data\"') do (
    if exist "%%D" rmdir /s /q "%%D" && set /a caches+=1
  )
)

echo Removed !bytecode! bytecode files and !caches! cache folders under backend\.
echo Stale bytecode is rarely the cause: Python compiles again whenever a source file has changed.
echo A server that was not restarted is likelier. To find out what is wrong: postern doctor
