/* What of a store's files would be on the disk if the light went out now?
 *
 * Preloaded into the server, this notes in a file how many bytes each file had when an fsync or fdatasync of it was
 * asked for that then came back well. After the server was killed, everything behind that is cut away: see powercut.py.
 *
 * Notes are kept by inode, in a mapped file that outlives the process. A file that goes, or that another is renamed
 * over, takes its note along, since its inode may come again. What happens to folders (a file made, renamed, removed)
 * counts as on the disk at once.
 *
 *   POWERCUT_NOTES   the file of notes; without it nothing is noted
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOTES 4096

struct note {
    uint64_t inode;
    uint64_t synced;
};

static struct note *notes;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

__attribute__((constructor)) static void open_notes(void)
{
    const char *path = getenv("POWERCUT_NOTES");
    if (path == NULL)
        return;
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0)
        return;
    if (ftruncate(file, NOTES * sizeof(struct note)) == 0) {
        void *mapped = mmap(NULL, NOTES * sizeof(struct note), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        if (mapped != MAP_FAILED)
            notes = mapped;
    }
    close(file);
}

/* The note of an inode, or a free one; the last is shared by all for whom there is no room. */
static struct note *note_of(uint64_t inode)
{
    struct note *unused = NULL;
    for (int place = 0; place < NOTES; place++) {
        if (notes[place].inode == inode)
            return &notes[place];
        if (unused == NULL && notes[place].inode == 0)
            unused = &notes[place];
    }
    return unused != NULL ? unused : &notes[NOTES - 1];
}

/* A rewriting child shares the notes and not the lock: each writes of files that the other does not touch. */
static void write_down(const struct stat *file)
{
    if (notes == NULL || !S_ISREG(file->st_mode))
        return;
    pthread_mutex_lock(&lock);
    struct note *note = note_of(file->st_ino);
    if (note->inode != file->st_ino || (uint64_t)file->st_size > note->synced)
        note->synced = file->st_size;
    note->inode = file->st_ino;
    pthread_mutex_unlock(&lock);
}

static void strike_out(const char *path)
{
    struct stat file;
    if (notes == NULL || lstat(path, &file) != 0)
        return;
    pthread_mutex_lock(&lock);
    struct note *note = note_of(file.st_ino);
    if (note->inode == file.st_ino)
        note->inode = note->synced = 0;
    pthread_mutex_unlock(&lock);
}

static int synced(const char *name, int file)
{
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    struct stat before;
    int known = fstat(file, &before);
    int answer = real(file);
    if (answer == 0 && known == 0)
        write_down(&before);
    return answer;
}

int fsync(int file)
{
    return synced("fsync", file);
}

int fdatasync(int file)
{
    return synced("fdatasync", file);
}

int unlink(const char *path)
{
    int (*real)(const char *) = (int (*)(const char *))dlsym(RTLD_NEXT, "unlink");
    strike_out(path);
    return real(path);
}

int rename(const char *from, const char *to)
{
    int (*real)(const char *, const char *) = (int (*)(const char *, const char *))dlsym(RTLD_NEXT, "rename");
    strike_out(to);
    return real(from, to);
}
