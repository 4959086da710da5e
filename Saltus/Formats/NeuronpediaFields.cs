namespace Saltus.Formats;

/// <summary>Checks that the files of Neuronpedia share: nothing unknown, numbers in their range, lists of equal length. Every failure names the key.</summary>
internal static class NeuronpediaFields
{
    /// <summary>Reads a file of either form.</summary>
    /// <exception cref="SaeFormatException">It is not one JSON object.</exception>
    public static T Read<T>(string path, Func<JsonFields, T> read)
    {
        try
        {
            return read(JsonFields.Read(path, NeuronpediaLimits.MaxFileBytes));
        }
        catch (JsonFieldException exception)
        {
            throw new SaeFormatException(SaeFormatError.ConfigInvalid, exception.Message, exception);
        }
    }

    /// <summary>Refuses a key that the form does not have.</summary>
    public static void CheckKeys(JsonFields fields, params ReadOnlySpan<string> known)
    {
        foreach (string key in fields.Keys)
        {
            if (!known.Contains(key))
            {
                throw fields.Invalid(key, "no such key here; it is not dropped, because it could mean something");
            }
        }
    }

    public static IReadOnlyList<JsonFields> Items(JsonFields fields, string key, int least, int most)
    {
        IReadOnlyList<JsonFields> items = fields.GetObjects(key);
        return items.Count >= least && items.Count <= most ? items : throw fields.Invalid(key, $"a list of {least} to {most}");
    }

    public static int Index(JsonFields fields, string key)
    {
        int index = fields.GetInt32(key);
        return index is >= 0 and <= NeuronpediaLimits.MaxIndex ? index : throw fields.Invalid(key, $"an index from 0 to {NeuronpediaLimits.MaxIndex}");
    }

    public static double Share(JsonFields fields, string key)
    {
        double share = fields.GetDouble(key);
        return share is >= 0 and <= 1 ? share : throw fields.Invalid(key, "a share from 0 to 1");
    }

    /// <summary>Reads tokens and as many values.</summary>
    public static (IReadOnlyList<string> Tokens, IReadOnlyList<double> Values) Sequence(JsonFields fields)
    {
        IReadOnlyList<string> tokens = fields.GetStrings("tokens");
        IReadOnlyList<double> values = fields.GetDoubles("values");
        return tokens.Count is 0 or > NeuronpediaLimits.MaxTokens ? throw fields.Invalid("tokens", $"a list of 1 to {NeuronpediaLimits.MaxTokens}")
            : values.Count != tokens.Count ? throw fields.Invalid("values", $"as many as tokens, {tokens.Count}")
            : (tokens, values);
    }

    /// <summary>Reads a number and, beside it, a list of the same length.</summary>
    public static IReadOnlyList<double> Numbers(JsonFields fields, string key, int count)
    {
        IReadOnlyList<double> values = fields.GetDoubles(key);
        return values.Count == count ? values : throw fields.Invalid(key, $"a list of {count}, as beside it");
    }
}
