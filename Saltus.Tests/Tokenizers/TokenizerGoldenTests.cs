using Saltus.Lm.Tokenizers;

namespace Saltus.Tests.Tokenizers;

public sealed class TokenizerGoldenTests
{
    [Fact]
    public void Every_case_of_every_tokenizer_equals_the_reference_library()
    {
        List<string> problems = [];
        foreach (string folder in TokenizerCases.Folders())
        {
            string name = Path.GetFileName(folder);
            TokenizerVerification result = TokenizerVerification.Run(Tokenizer.Load(folder), Path.Combine(folder, "cases.jsonl"));
            Assert.True(result.Cases > 0, name);
            if (result.Failed > 0)
            {
                problems.Add($"{name}: {result.Failed} of {result.Cases} cases differ");
                problems.AddRange(result.Mismatches.Take(12).Select(mismatch => $"{name}: {mismatch}"));
            }
        }

        Assert.True(problems.Count == 0, string.Join('\n', problems));
    }
}
