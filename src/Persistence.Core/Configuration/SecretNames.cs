namespace Persistence.Configuration;

/// <summary>What environment variables that hold secrets are called.</summary>
internal static class SecretNames
{
    /// <summary>
    /// The patterns for their names. A name that is withheld by mistake costs a restored terminal a variable, one that is kept by mistake puts a secret on the disk: these lean to withholding. What terminals
    /// need to be of use is kept: PATH, PWD, OLDPWD, SSH_AUTH_SOCK, SSH_ASKPASS, XAUTHORITY, XDG_SESSION_ID.
    /// </summary>
    public static NamePatterns Default { get; } =
    [
        "*PASSWORD*", "*PASSWD*", "*PASSPHRASE*", "*_PASS", "*_PWD", "*_PW", "SSHPASS",
        "*SECRET*", "*CREDENTIAL*", "*TOKEN*", "*_JWT", "*_PAT", "*_AUTH", "*AUTH_CONFIG*",
        // Keys are secret or public; nobody can tell by the name.
        "*_KEY", "*API_KEY*", "*APIKEY*", "*ACCESS_KEY*", "*PRIVATE_KEY*",
        // Addresses that have a password in them, or are one.
        "*CONNECTION_STRING*", "*CONNECTIONSTRING*", "*CONNSTR*", "*_DSN", "*DATABASE_UR?", "*DB_UR?", "*POSTGRES_URL*", "*REDIS_UR?", "*AMQP_UR?", "*WEBHOOK_URL*",
        // Sessions of password managers, and the services of Cloud Foundry.
        "BW_SESSION", "OP_SESSION_*", "VCAP_SERVICES",
    ];
}
