@echo off
rem The `conpaas` command of an installed ConPaaS Desktop, on the Node that travels with it.
"%~dp0command\node.exe" "%~dp0command\conpaas.mjs" %*
