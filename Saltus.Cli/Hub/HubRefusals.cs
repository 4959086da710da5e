using System.Net;

namespace Saltus.Cli.Hub;

/// <summary>What a hub's refusals mean to the person who asked.</summary>
internal static class HubRefusals
{
    /// <summary>Creates the error of a status that is no success.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="name">The repository.</param>
    /// <param name="address">What was asked for.</param>
    /// <param name="settings">Who asked.</param>
    /// <returns>The error to throw.</returns>
    public static HubException From(HttpResponseMessage response, HubName name, Uri address, HubSettings settings)
    {
        int status = (int)response.StatusCode;
        string? code = response.Headers.TryGetValues("X-Error-Code", out IEnumerable<string>? values) ? values.First() : null;
        string page = new Uri(settings.Endpoint, name.PagePath).ToString();
        string account = settings.Token is null ? "set HF_TOKEN to a token that may read it" : "check that HF_TOKEN is valid";
        return (response.StatusCode, code) switch
        {
            (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden, "GatedRepo") => new HubException(
                status == 401 ? HubError.Unauthorized : HubError.Forbidden,
                $"{name}: the hub gives it only to accounts that accepted its terms (status {status}); accept them at {page}, then set HF_TOKEN to a token of that account"),
            (HttpStatusCode.Unauthorized, _) => new HubException(
                HubError.Unauthorized, $"{name}: the hub answers 401: the repository does not exist, or is private; check the name, or {account}"),
            (HttpStatusCode.Forbidden, _) => new HubException(
                HubError.Forbidden, $"{name}: the hub answers 403: this account may not read it; ask for access at {page}, or {account}"),
            (HttpStatusCode.NotFound, "RevisionNotFound") => new HubException(
                HubError.NotFound, $"{name}: the repository has no revision '{name.Revision}' (status 404); see {page}/tree/main for its branches"),
            (HttpStatusCode.NotFound, "EntryNotFound") => new HubException(
                HubError.NotFound, $"{name}: the hub lists a file and has it not (status 404): {address}; repeat with the newest revision"),
            (HttpStatusCode.NotFound, _) => new HubException(
                HubError.NotFound, $"{name}: the hub at {settings.Endpoint} has no such repository or revision (status 404); check the spelling"),
            (HttpStatusCode.TooManyRequests, _) => new HubException(
                HubError.Busy, $"{address}: the hub answers 429, too many requests; wait, then repeat: what has come is kept", Wait(response)),
            _ when status >= 500 || status == 408 => new HubException(
                HubError.Server, $"{address}: the hub answers {status}, trouble of its own; repeat later: what has come is kept", Wait(response)),
            _ => new HubException(HubError.Answer, $"{address}: expected the file, the hub answers {status}; check HF_ENDPOINT"),
        };
    }

    private static TimeSpan? Wait(HttpResponseMessage response) => response.Headers.RetryAfter?.Delta;
}
