// Plays NPS, a .NET product: encrypts with the KMS key and decrypts that again, from the given address of the stand-in.
using System.Security.Cryptography;
using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;
using Amazon.Runtime;

var (url, region, keyArn, address) = (args[0], args[1], args[2], args[3]);
var credentials = new BasicAWSCredentials(
	Environment.GetEnvironmentVariable("NPS_ACCESS_KEY"),
	Environment.GetEnvironmentVariable("NPS_SECRET_KEY")
);
var config = new AmazonKeyManagementServiceConfig { ServiceURL = url, AuthenticationRegion = region, MaxErrorRetry = 0 };
using var kms = new AmazonKeyManagementServiceClient(credentials, config);
kms.BeforeRequestEvent += (_, it) => ((WebServiceRequestEventArgs)it).Headers["x-sandbox-source-ip"] = address;
try
{
	var key = RandomNumberGenerator.GetBytes(32);
	var sealedKey = await kms.EncryptAsync(new EncryptRequest { KeyId = keyArn, Plaintext = new MemoryStream(key) });
	var opened = await kms.DecryptAsync(new DecryptRequest { CiphertextBlob = sealedKey.CiphertextBlob });
	Console.WriteLine(opened.Plaintext.ToArray().SequenceEqual(key) ? "works" : "another plaintext");
}
catch (AmazonKeyManagementServiceException error)
{
	Console.WriteLine($"{error.ErrorCode}");
}
