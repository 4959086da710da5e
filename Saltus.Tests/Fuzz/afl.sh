#!/usr/bin/env bash
# Coverage-guided fuzzing of one reader: AFL++ mutates, SharpFuzz tells it which branches of our assemblies an input reached.
# Usage: Saltus.Tests/Fuzz/afl.sh TARGET [SECONDS]     TARGET is the name of a row of FuzzTargets.
# Needs afl-fuzz (the package afl++). Findings lie in artifacts/afl/TARGET/default/crashes: copy what is new to Saltus.Tests/Golden/crashes/TARGET.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
target=${1:?the name of a row of FuzzTargets, such as npz}
seconds=${2:-300}
work=$PWD/artifacts/afl
version=2.3.0
command -v afl-fuzz > /dev/null || { echo "afl-fuzz is missing: install the package afl++"; exit 1; }

dotnet build Saltus.Tests -c Release -v q --nologo
rm -rf "$work/bin" "$work/harness" "$work/seeds" "${work:?}/$target"
mkdir -p "$work"
cp -r artifacts/bin/Saltus.Tests/release "$work/bin"

# The harness is a project of its own, outside the tree: it needs SharpFuzz, which nothing else here does.
project=$(mktemp -d)
trap 'rm -rf "$project"' EXIT
cat > "$project/harness.csproj" << END
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
    <Nullable>enable</Nullable>
  </PropertyGroup>
  <ItemGroup><PackageReference Include="SharpFuzz" Version="$version" /></ItemGroup>
</Project>
END
cat > "$project/Program.cs" << 'END'
using System.Reflection;

Type targets = Assembly.LoadFrom(Path.Combine(args[0], "Saltus.Tests.dll")).GetType("Saltus.Tests.Fuzz.FuzzTargets", throwOnError: true)!;
T Call<T>(string method) => (T)targets.GetMethod(method, BindingFlags.Static | BindingFlags.Public)!.Invoke(null, [args[1]])!;
if (args.Length > 2)
{
    IReadOnlyList<byte[]> seeds = Call<IReadOnlyList<byte[]>>("SeedsOf");
    for (int i = 0; i < seeds.Count; i++)
    {
        File.WriteAllBytes(Path.Combine(args[2], $"{i:000}"), seeds[i]);
    }

    return;
}

// Instrumented code must not run before the fuzzer has given it a place to count branches in.
Func<byte[], string?>? check = null;
SharpFuzz.Fuzzer.OutOfProcess.Run(stream =>
{
    using MemoryStream input = new();
    stream.CopyTo(input);
    check ??= Call<Func<byte[], string?>>("CheckOf");
    if (check(input.ToArray()) is string failure)
    {
        throw new InvalidOperationException(failure);
    }
});
END
dotnet build "$project" -c Release -o "$work/harness" -v q --nologo
mkdir "$work/seeds"
dotnet "$work/harness/harness.dll" "$work/bin" "$target" "$work/seeds"

[ -x "$work/tools/sharpfuzz" ] || dotnet tool install SharpFuzz.CommandLine --version "$version" --tool-path "$work/tools" > /dev/null
for assembly in Saltus Saltus.Lm; do "$work/tools/sharpfuzz" "$work/bin/$assembly.dll"; done

export AFL_SKIP_BIN_CHECK=1 AFL_SKIP_CPUFREQ=1 AFL_NO_AFFINITY=1 AFL_NO_UI=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1
afl-fuzz -V "$seconds" -t 20000 -m none -i "$work/seeds" -o "$work/$target" -- dotnet "$work/harness/harness.dll" "$work/bin" "$target" > "$work/$target.log"
grep -E '^(execs_done|execs_per_sec|corpus_count|edges_found|saved_crashes|saved_hangs) ' "$work/$target/default/fuzzer_stats"
