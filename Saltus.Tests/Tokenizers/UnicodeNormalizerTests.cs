using System.Text.Json;
using Saltus.Lm.Tokenizers;
using Saltus.Tests.Support;

namespace Saltus.Tests.Tokenizers;

public sealed class UnicodeNormalizerTests
{
    [Fact]
    public void The_four_forms_equal_those_of_another_implementation()
    {
        string file = Path.Combine(Fixtures.Roots[0], "unicode", "normalization.jsonl");
        foreach (string line in File.ReadLines(file))
        {
            using JsonDocument document = JsonDocument.Parse(line);
            string text = document.RootElement.GetProperty("text").GetString()!;
            foreach ((string name, bool compatible, bool composed) in (ReadOnlySpan<(string, bool, bool)>)[("NFC", false, true), ("NFD", false, false), ("NFKC", true, true), ("NFKD", true, false)])
            {
                string expected = document.RootElement.GetProperty(name).GetString()!;
                var normalizer = new UnicodeNormalizer(new NormalizationForm(compatible, composed));
                AlignedText found = normalizer.Apply(AlignedText.From(text));
                Assert.True(expected == found.ToString(), $"{name}: {line}");

                // Normal text is recognised as such wherever the quick check says so, and normalizing again changes nothing.
                Assert.Equal(expected, normalizer.ApplyToText(expected));
                Assert.True(!normalizer.LeavesAlone(text) || text == expected, $"{name}, quick check: {line}");
            }
        }
    }
}
