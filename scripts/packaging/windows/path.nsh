; Puts the `conpaas` command on the user's PATH, and takes it off again. Both leave the rest of PATH as it is.
!macro customInstall
  nsExec::ExecToLog 'powershell -NoProfile -Command "$$p = [Environment]::GetEnvironmentVariable(\"Path\", \"User\"); $$d = \"$INSTDIR\resources\"; if (($$p -split \";\") -notcontains $$d) { [Environment]::SetEnvironmentVariable(\"Path\", ($$p.TrimEnd(\";\") + \";\" + $$d), \"User\") }"'
!macroend
!macro customUnInstall
  nsExec::ExecToLog 'powershell -NoProfile -Command "$$d = \"$INSTDIR\resources\"; $$p = ([Environment]::GetEnvironmentVariable(\"Path\", \"User\") -split \";\") | Where-Object { $$_ -ne $$d }; [Environment]::SetEnvironmentVariable(\"Path\", ($$p -join \";\"), \"User\")"'
!macroend
