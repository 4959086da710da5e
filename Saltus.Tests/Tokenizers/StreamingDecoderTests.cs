using Saltus.Lm.Tokenizers;
using Saltus.Tensors;

namespace Saltus.Tests.Tokenizers;

public sealed class StreamingDecoderTests
{
    [Fact]
    public void The_parts_together_are_the_whole_and_no_character_is_split()
    {
        foreach (string folder in TokenizerCases.Folders())
        {
            Tokenizer tokenizer = Tokenizer.Load(folder);
            var random = new RandomSource(8, "streaming decode");
            for (int i = 0; i < 40; i++)
            {
                // Half the sequences are real text, half any ids at all, bytes of broken characters among them.
                int[] ids = i % 2 == 0
                    ? [.. tokenizer.Encode(NastyText.Next(random)).Ids]
                    : [.. Enumerable.Range(0, 40).Select(_ => random.NextInt(random.NextInt(2) == 0 ? Math.Min(400, tokenizer.VocabularySize) : tokenizer.VocabularySize))];
                foreach (bool skip in (bool[])[false, true])
                {
                    var decoder = new StreamingDecoder(tokenizer, skip);
                    List<string> parts = [.. ids.Select(decoder.Add)];
                    parts.Add(decoder.Finish());
                    string whole = tokenizer.Decode(ids, skip);
                    string joined = string.Concat(parts);
                    Assert.True(whole == joined, $"{folder}: ids {string.Join(' ', ids)}: expected '{whole}', found '{joined}'");
                    Assert.All(parts, part => Assert.DoesNotContain(part, unit => char.IsSurrogate(unit) && part.EnumerateRunes().Any(rune => rune.Value == 0xFFFD) && !whole.Contains('\uFFFD')));
                }
            }
        }
    }
}
