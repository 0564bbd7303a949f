@echo off
rem Runs the command line that "mvn -B -ntp -q -DskipTests -pl txt2lora-cli -am package" has built.
rem JAVA_HOME names the Java, TXT2LORA_OPTS options for it.
setlocal
set "BUILT=%~dp0..\txt2lora-cli\target"
set "JAR=%BUILT%\txt2lora.jar"
if exist "%JAR%" goto jar_found
echo Error: %JAR% is missing; build it with: mvn -B -ntp -q -DskipTests -pl txt2lora-cli -am package>&2
exit /b 1
:jar_found
set "JAVA=java"
if not defined JAVA_HOME goto java_found
set "JAVA=%JAVA_HOME%\bin\java.exe"
if exist "%JAVA%" goto java_found
echo Error: JAVA_HOME is %JAVA_HOME%, which has no bin\java.exe; expected the folder of a Java of version 17 or newer>&2
exit /b 1
:java_found

rem A build with -Pgpu-offline has PyTorch beside the jar.
if defined PYTORCH_LIBRARY_PATH goto pytorch_found
for /d %%F in ("%BUILT%\pytorch\*") do for /d %%S in ("%%F\*") do if exist "%%S\torch.dll" set "PYTORCH_LIBRARY_PATH=%%S"
:pytorch_found

rem DJL loads PyTorch's libraries one by one, but not those of cuDNN 9, which Windows then looks for on PATH. It unpacks
rem them to a folder of the cache.
set "CACHE=%ENGINE_CACHE_DIR%"
if not defined CACHE set "CACHE=%DJL_CACHE_DIR%"
if not defined CACHE set "CACHE=%USERPROFILE%\.djl.ai"
set "CUDA_FOLDER=%CACHE%\pytorch\2.7.1-cu128-win-x86_64"
if defined PYTORCH_LIBRARY_PATH set "CUDA_FOLDER=%PYTORCH_LIBRARY_PATH%"
set "PATH=%CUDA_FOLDER%;%PATH%"

rem Threads of PyTorch that wait would otherwise keep the processor busy. It is read when PyTorch loads.
if not defined OMP_WAIT_POLICY set "OMP_WAIT_POLICY=passive"
"%JAVA%" %TXT2LORA_OPTS% -jar "%JAR%" %*
exit /b %ERRORLEVEL%
