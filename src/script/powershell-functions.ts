// The fixed parts of a script for PowerShell 5.1 and 7. What holds a secret is given to no cmdlet and no function: a
// machine may log what those are given.

/** The first thing a script does: in a constrained language its first call would fail in raw words. */
export const fullLanguage = `if ($ExecutionContext.SessionState.LanguageMode -ne 'FullLanguage') {
	Write-Host "Stopped: PowerShell runs in $($ExecutionContext.SessionState.LanguageMode) mode here"
	Write-Host '  This script calls .NET, which a rule of this machine (AppLocker, App Control) keeps scripts from'
	Write-Host '  -> Run it on another machine, have whoever made that rule allow this file, or print it for bash'
	Write-Host '  Nothing has changed.'
	exit 1
}`;

/** What every script needs. */
export const functions = `$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $false
Set-StrictMode -Version 1
Set-PSDebug -Off
$log = if ($PSCommandPath) { "$PSCommandPath.$mark.log" }
	else { [IO.Path]::Combine((Get-Location).Path, "nps-kms.$mark.log") }
$at = '' # the change under way
$out = $false # whether its call is out, and AWS has not answered clearly
$made = 0
$begun = $false
$finished = $false
$caught = $false
$quit = $false # whether that was no
$secret = '' # one that must not be told
$claimed = '' # the file that waits for a secret
$answer = @()
$code = 0
$errors = ''
$temp = [IO.Path]::GetTempFileName()
# The AWS CLI 2 reads the first, 1 the second; and a change goes out once: a call repeated unasked could make a second
# key. What is read from a file is named by a variable: of a path the CLI would read $ and % once more.
$settings = @{
	AWS_REGION = $region
	AWS_DEFAULT_REGION = $region
	AWS_MAX_ATTEMPTS = '1'
	AWS_PAGER = ''
	AWS_CLI_AUTO_PROMPT = 'off'
	NPS_KMS_INPUT = ''
}
$before = @{}
foreach ($name in @($settings.Keys)) {
	$before[$name] = [Environment]::GetEnvironmentVariable($name)
	[Environment]::SetEnvironmentVariable($name, $settings[$name])
}

# Shown by every host, and in its transcript; and where the output goes into a file, to whoever looks on.
function Write-Problem([string]$Text) {
	Write-Host $Text
	if ([Console]::IsOutputRedirected -and -not [Console]::IsErrorRedirected) { [Console]::Error.WriteLine($Text) }
}
function Write-Log([string]$Text) {
	Write-Host $Text
	$now = [DateTime]::UtcNow.ToString('yyyy-MM-ddTHH:mm:ssZ')
	[IO.File]::AppendAllText($log, $now + ' ' + $Text + [Environment]::NewLine)
}
function Stop-Here([string]$What, [string]$Why, [string]$Do) {
	Write-Problem "Stopped: $What"
	Write-Problem "  $Why"
	Write-Problem "  -> $Do"
	throw 'stopped'
}
# Runs the AWS CLI: its answer is returned, its words and its code are in $errors and $code.
function Invoke-Aws([string[]]$Words) {
	$ErrorActionPreference = 'Continue' # 5.1 makes errors of what a program writes there
	$all = @(& $aws @Words 2>&1)
	$script:code = $LASTEXITCODE
	$said = @()
	$lines = @()
	foreach ($it in $all) {
		if ($it -is [Management.Automation.ErrorRecord]) {
			if ($it.ToString() -ne 'System.Management.Automation.RemoteException') { $said += $it.ToString() }
		} else { $lines += [string]$it }
	}
	$script:errors = ($said -join ' ').Trim()
	if ($secret) { $script:errors = $script:errors.Replace($secret, '(secret)') }
	$lines -join [Environment]::NewLine
}
# Makes one change, and again for as long as AWS refuses it for a reason known to pass; what its answer is asked for is
# in $answer.
function Invoke-Change {
	param([string]$What, [string[]]$Call, [string]$Json, [string]$File, [string[]]$Waits = @(), [string]$Query)
	if (-not $File) {
		[IO.File]::WriteAllText($temp, $Json)
		$File = $temp
	}
	[Environment]::SetEnvironmentVariable('NPS_KMS_INPUT', $File)
	$words = $Call + @('--cli-input-json', 'file://$NPS_KMS_INPUT', '--output', 'text')
	if ($Query) { $words += @('--query', $Query) }
	$script:at = $What
	$script:out = $true
	$clock = [Diagnostics.Stopwatch]::StartNew()
	$pause = 1
	while ($true) {
		$text = Invoke-Aws $words
		if ($code -eq 0) { break }
		$limit = 0
		foreach ($wait in (@($busy) + $Waits)) {
			$seconds, $pattern = $wait.Split(' ', 2)
			$inTime = $clock.Elapsed.TotalSeconds -lt [int]$seconds
			if ($errors -match ('(?s)' + $pattern) -and $inTime) { $limit = [int]$seconds }
		}
		if ($limit -eq 0) {
			Write-Problem $errors
			$refused = $errors -match 'An error occurred \\(' -or @(2, 252, 253) -contains $code
			$script:out = $errors -match $unclear -or -not $refused
			throw 'stopped'
		}
		Write-Host "  waiting, at most $limit s: $errors"
		Start-Sleep -Seconds $pause
		if ($pause -lt 5) { $pause++ }
	}
	$script:answer = if ($Query) { $text.Trim().Split([char]9) } else { @() }
	$script:out = $false
	$script:made++
	Write-Log "done: $What"
	$script:at = ''
}
function Get-Answer([int]$Nth, [string]$Name) {
	$it = @($answer)[$Nth]
	if (-not $it -or $it -eq 'None') {
		$script:out = $true
		Stop-Here "AWS's answer lacks $Name" 'It is not what the AWS CLI usually gives' 'Let nps-kms look'
	}
	$it
}`;

/** What a script with secrets needs. */
export const placing = `
function Test-Free([string]$Path) {
	if ([IO.File]::Exists($Path) -or [IO.Directory]::Exists($Path)) {
		$todo = 'If this script ran before, let nps-kms carry on; if not, name another file at the head of this script'
		Stop-Here "$Path is there already" 'A secret would go there; nothing is overwritten' $todo
	}
	if (-not [IO.Directory]::Exists([IO.Path]::GetDirectoryName($Path))) {
		Stop-Here "A secret can't go to $Path" 'There is no such folder' 'Name another file at the head of this script'
	}
}
# Makes it, for its owner alone, before there is a secret.
function New-SecretFile([string]$Path) {
	[IO.File]::Open($Path, 'CreateNew', 'Write', 'None').Dispose()
	$script:claimed = $Path
	if ([IO.Path]::DirectorySeparatorChar -eq '/') { $null = & chmod 600 $Path }
	else {
		$me = '*' + [Security.Principal.WindowsIdentity]::GetCurrent().User.Value
		$icacls = [IO.Path]::Combine([Environment]::SystemDirectory, 'icacls.exe')
		$null = & $icacls $Path '/inheritance:r' '/grant:r' ($me + ':F')
	}
	if ($LASTEXITCODE -ne 0) {
		$todo = 'Name another file at the head of this script'
		Stop-Here "$Path can't be kept from others" 'Its access list can not be set' $todo
	}
	[IO.File]::Open($Path, 'Open', 'ReadWrite', 'None').Dispose()
}
function Complete-SecretFile([string]$Path) {
	$script:claimed = ''
	$script:secret = ''
	Write-Log "  its secret is in $Path"
}
function New-Password {
	$from = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789!@#%^*()_+=-'
	$random = [Security.Cryptography.RandomNumberGenerator]::Create()
	$byte = New-Object byte[] 1
	$made = 'Ak7+'
	while ($made.Length -lt 40) {
		$random.GetBytes($byte)
		if ($byte[0] -lt 3 * $from.Length) { $made += $from[$byte[0] % $from.Length] }
	}
	$made
}`;

/** Who runs it, and whether it ran before. */
export const looks = `	if ([IO.File]::Exists($log)) {
		$todo = 'Let nps-kms carry on; it looks, and does what is missing'
		Stop-Here 'This script was started before' "$log tells how far it came" $todo
	}
	$aws = @(Get-Command aws -CommandType Application -ErrorAction SilentlyContinue)[0].Path
	if (-not $aws) {
		$todo = 'Install it: https://docs.aws.amazon.com/cli/'
		Stop-Here 'There is no aws command' 'This script uses the AWS CLI' $todo
	}
	$who = Invoke-Aws @('sts', 'get-caller-identity', '--query', '[Account,Arn]', '--output', 'text')
	$who = $who.Trim().Split([char]9)
	if ($code -ne 0) { Stop-Here "AWS doesn't tell who you are" $errors 'Sign in, or check the credentials' }
	if ($who[0] -ne $account) {
		$todo = 'Use the credentials of that account'
		Stop-Here "These credentials are of account $($who[0])" "This script is for account $account" $todo
	}
	Write-Host "In account $account, region $region, as $($who[1]), this script will:"`;

/** The yes of a person who is there, and the mark that it runs. */
export const start = `	$asks = [Environment]::UserInteractive -and -not [Console]::IsInputRedirected
	if ([Environment]::GetCommandLineArgs() -match '^-NonI') { $asks = $false }
	if ($asks) {
		$quit = (Read-Host 'Go on? [y/N]') -notmatch '^y(es)?$'
		if ($quit) { throw 'stopped' }
	}
	[IO.File]::Open($log, 'CreateNew', 'Write', 'None').Dispose()
	$begun = $true`;

/** What is told and cleared away however it ends, Ctrl+C included. */
export const ended = `} catch {
	$caught = $true
	if ($_.Exception.Message -ne 'stopped') { Write-Problem "Stopped: $($_.Exception.Message)" }
} finally {
	# After a question, or what the terminal shows for Ctrl+C.
	if (-not $finished -and -not $caught) { Write-Host '' }
	if ([IO.File]::Exists($claimed)) {
		if (-not $out -or (New-Object IO.FileInfo $claimed).Length -eq 0) { [IO.File]::Delete($claimed) }
	}
	[IO.File]::Delete($temp)
	foreach ($name in @($before.Keys)) {
		if ($null -eq $before[$name]) { Remove-Item "Env:$name" -ErrorAction SilentlyContinue }
		else { [Environment]::SetEnvironmentVariable($name, $before[$name]) }
	}
	if (-not $finished) {
		if ($at) { Write-Problem "Stopped at: $at." }
		if ($out) { Write-Problem '  AWS gave no clear answer: it may have been done.' }
		if ($made -eq 0 -and -not $out) {
			Write-Problem '  Nothing has changed.'
			if ($begun) { [IO.File]::Delete($log) }
		} else {
			Write-Problem "  $made of $changes changes are made; $log tells which. This script won't run again."
			Show-Onward
		}
		if (-not $caught) { exit 130 } # by Ctrl+C: what follows isn't reached
	}
}
if ($quit) { exit 130 }
if (-not $finished) { exit 1 }`;
