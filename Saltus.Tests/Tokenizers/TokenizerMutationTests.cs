using System.Text;
using Saltus.Lm.Tokenizers;
using Saltus.Tensors;

namespace Saltus.Tests.Tokenizers;

public sealed class TokenizerMutationTests
{
    private const int Mutations = 4000;

    internal static readonly string[] Sound =
    [
        """
        {"version":"1.0","truncation":null,"padding":null,"added_tokens":[{"id":5,"content":"<s>","single_word":false,"lstrip":true,"rstrip":false,"normalized":true,"special":true}],
        "normalizer":{"type":"Sequence","normalizers":[{"type":"NFC"},{"type":"Replace","pattern":{"String":" "},"content":"_"},{"type":"Strip","strip_left":true,"strip_right":false}]},
        "pre_tokenizer":{"type":"Sequence","pretokenizers":[{"type":"Digits","individual_digits":true},{"type":"Split","pattern":{"Regex":"[a-z]+|\\s?\\p{L}{1,2}"},"behavior":"MergedWithNext","invert":false}]},
        "post_processor":{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<s>","type_id":0}},{"Sequence":{"id":"A","type_id":0}}],"pair":[{"Sequence":{"id":"A","type_id":0}}],
        "special_tokens":{"<s>":{"id":"<s>","ids":[5],"tokens":["<s>"]}}},
        "decoder":{"type":"Sequence","decoders":[{"type":"ByteFallback"},{"type":"Fuse"},{"type":"Strip","content":" ","start":1,"stop":0}]},
        "model":{"type":"BPE","dropout":null,"unk_token":"<u>","continuing_subword_prefix":"","end_of_word_suffix":null,"fuse_unk":true,"byte_fallback":true,"ignore_merges":false,
        "vocab":{"a":0,"b":1,"ab":2,"<u>":3,"_":4},"merges":["a b"]}}
        """,
        """
        {"version":"1.0","added_tokens":[],"normalizer":{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":null,"lowercase":true},
        "pre_tokenizer":{"type":"Metaspace","replacement":"_","prepend_scheme":"first","split":true},
        "post_processor":{"type":"RobertaProcessing","sep":["</s>",1],"cls":["<s>",0],"trim_offsets":true,"add_prefix_space":false},
        "decoder":{"type":"WordPiece","prefix":"##","cleanup":true},
        "model":{"type":"Unigram","unk_id":2,"byte_fallback":false,"vocab":[["<s>",0.0],["</s>",0.0],["<u>",-1.5],["_",-2.0],["a",-3e0],["_a",-2.5]]}}
        """,
    ];

    [Fact]
    public void A_damaged_file_is_refused_by_name_or_works()
    {
        var random = new RandomSource(8, "tokenizer mutations");
        int refused = 0;
        for (int i = 0; i < Mutations; i++)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(Sound[i % Sound.Length]);
            for (int changes = 1 + random.NextInt(3); changes > 0; changes--)
            {
                bytes = Mutate(bytes, random);
            }

            try
            {
                Tokenizer tokenizer = Tokenizer.Parse(bytes, "t.json");
                List<int> ids = [];
                tokenizer.EncodeIds("ab a1\u00E9 <s>\u4E00b", ids);
                tokenizer.Decode([.. tokenizer.Encode("ab a1\u00E9 <s>\u4E00b").Ids]);
            }
            catch (TokenizerFormatException exception)
            {
                refused++;
                Assert.DoesNotContain('\n', exception.Message);
            }
            catch (Exception exception) when (exception is not Xunit.Sdk.XunitException)
            {
                Assert.Fail($"mutation {i}: {exception.GetType().Name}: {exception.Message}\n{exception.StackTrace}\n{Encoding.UTF8.GetString(bytes)}");
            }
        }

        Assert.True(refused > Mutations / 4, $"{refused} refused");
    }

    private static byte[] Mutate(byte[] bytes, RandomSource random)
    {
        const string Marks = "{}[]\",:0159-nft\\a\u0001\u00FF";
        int at = random.NextInt(bytes.Length);
        List<byte> changed = [.. bytes];
        switch (random.NextInt(5))
        {
            case 0:
                changed[at] = (byte)Marks[random.NextInt(Marks.Length)];
                break;
            case 1:
                changed.RemoveRange(at, Math.Min(1 + random.NextInt(20), changed.Count - at));
                break;
            case 2:
                changed.Insert(at, (byte)Marks[random.NextInt(Marks.Length)]);
                break;
            case 3:
                // A stretch of the file a second time: keys twice, lists in lists.
                changed.InsertRange(at, bytes.AsSpan(at, Math.Min(1 + random.NextInt(40), bytes.Length - at)));
                break;
            default:
                changed[at] = (byte)random.NextInt(256);
                break;
        }

        return changed.Count == 0 ? [0] : [.. changed];
    }
}
