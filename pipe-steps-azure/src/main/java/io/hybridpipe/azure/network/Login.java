// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.azure.network;

import com.azure.resourcemanager.compute.models.LinuxConfiguration;
import com.azure.resourcemanager.compute.models.OSProfile;
import com.azure.resourcemanager.compute.models.SshConfiguration;
import com.azure.resourcemanager.compute.models.SshPublicKey;
import io.hybridpipe.Secret;
import java.util.List;
import java.util.Optional;

/**
 * Who may log in to a new Linux machine, and how.
 *
 * @param sshKey a public key as in {@code authorized_keys}; without one the password is taken over SSH too
 */
record Login(String user, Optional<String> sshKey, Optional<Secret<String>> password) {
    /** What the machine's first boot is told. */
    OSProfile toProfile(String computerName) {
        LinuxConfiguration linux = new LinuxConfiguration().withDisablePasswordAuthentication(password.isEmpty());
        // the service takes no other path (Microsoft Learn, VM error messages: InvalidParameter)
        sshKey.ifPresent(key -> linux.withSsh(new SshConfiguration()
                .withPublicKeys(List.of(new SshPublicKey()
                        .withPath("/home/" + user + "/.ssh/authorized_keys")
                        .withKeyData(key)))));
        OSProfile profile = new OSProfile()
                .withComputerName(computerName)
                .withAdminUsername(user)
                .withLinuxConfiguration(linux);
        password.ifPresent(secret -> profile.withAdminPassword(secret.reveal()));
        return profile;
    }
}
