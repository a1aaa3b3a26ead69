# Offers our configset to Solr by the name `biblio`. The official image's solr-foreground sources this before Solr starts.
#
# The configset is mounted outside the volume /var/solr and copied into it: for a mount inside the volume Docker makes the
# folders above it, as root, and Solr can make no core there. Copied at each start: the next one offers a newer checkout's.
(
    set -e
    configsets=/var/solr/data/configsets
    for folder in /var/solr/data "$configsets" "$configsets/biblio"; do
        if [ -e "$folder" ] && [ ! -w "$folder" ]; then
            cat >&2 <<MESSAGE
Solr was not started: it runs as $(id -un) and cannot write to $folder, which belongs to $(stat -c %U "$folder").
  Most likely an earlier docker-compose.yml left the volume solr-data so: it mounted the configset inside of it.
  Nothing was changed, and nothing is lost: cores that are in the volume stay; dumps and state are not in it.
  Give the volume to Solr, and start again:
    docker compose --profile solr run --rm --no-deps --user root --entrypoint chown solr -R solr /var/solr
    docker compose --profile solr up
MESSAGE
            exit 1
        fi
    done
    mkdir -p "$configsets"
    rm -rf "$configsets/biblio.new" # of a start that was killed
    cp -r /opt/biblio "$configsets/biblio.new"
    rm -rf "$configsets/biblio"
    mv "$configsets/biblio.new" "$configsets/biblio"
) || exit 1
