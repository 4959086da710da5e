using Saltus.Formats;
using Saltus.Tests.Formats;

namespace Saltus.Tests.Fuzz;

/// <summary>A row for every file of one set of SAE files a format, and of some more sets whose readers go other ways: the rest of the set lies beside it, sound.</summary>
internal static class SaeFuzz
{
    private const int LargestSeed = 16 << 10;

    /// <summary>Sets beside the first of their format.</summary>
    private static readonly string[] s_more =
    [
        "dictionary_learning/matryoshka_float16_legacy", "dictionary_learning/topk_backup_checkpoint", "gemma_scope_2/resid_post", "openai/topk_as_saved", "saelens/matching_pursuit",
        "saelens/temporal_untied_relu", "saelens/train_gated_whitened/checkpoint",
    ];

    private static readonly string s_root = FuzzSeeds.GoldenPath("sae");

    public static IReadOnlyList<FuzzTarget> Targets { get; } = [.. Cases().SelectMany(Rows)];

    private static IEnumerable<string> Cases()
    {
        foreach (string format in Directory.EnumerateDirectories(s_root).Order(StringComparer.Ordinal))
        {
            string? first = Directory.EnumerateDirectories(format, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).FirstOrDefault(SaeGolden.IsCase);
            if (first is not null && !File.Exists(Path.Combine(first, "metrics.json")))
            {
                yield return first;
            }
        }

        foreach (string more in s_more)
        {
            yield return Path.Combine(s_root, more);
        }
    }

    private static IEnumerable<FuzzTarget> Rows(string folder)
    {
        string[] files =
        [
            .. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(folder, path))
                .Where(name => name is not ("golden.safetensors" or "meta.json")).Order(StringComparer.Ordinal),
        ];
        SaeHints hints = SaeHints.FromMeta(Path.Combine(folder, "meta.json"));
        foreach (string file in files.Where(file => new FileInfo(Path.Combine(folder, file)).Length <= LargestSeed))
        {
            bool isText = Path.GetExtension(file) is ".json" or ".yaml";
            bool isArchive = Path.GetExtension(file) is ".pt" or ".npz";
            yield return new FuzzTarget
            {
                Name = $"sae-{Path.GetRelativePath(s_root, folder).Replace('/', '-')}-{Path.GetFileName(file)}",
                FileName = file,
                IsText = isText,
                Seeds = () => [File.ReadAllBytes(Path.Combine(folder, file))],
                Prepare = to => Copy(folder, files, to),
                Read = path => SaeReader.Read(path[..^(file.Length + 1)], hints).Sae.Dispose(),
                Repair = isArchive ? TorchFuzz.Repair : null,

                // Of a small configuration the weights beside it are read.
                FreeBytes = isText ? 1 << 20 : 256 << 10,
                MemoryMultiple = isArchive ? 16 * NpzLimits.MaxInflation : TorchLimits.MaxMemoryPerByte,
            };
        }
    }

    private static void Copy(string folder, string[] files, string to)
    {
        foreach (string file in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(to, file))!);
            File.Copy(Path.Combine(folder, file), Path.Combine(to, file));
        }
    }
}
